import type { Outcome } from '../outcome.ts'
import { readErrorBody } from './error-body.ts'
import { UNANSWERED } from './target.ts'

/** These categories speak of HubSpot's own trouble, or of a race between two writers, not of the item. */
const PASSING: ReadonlySet<string | undefined> = new Set(['INTERNAL_ERROR', 'RATE_LIMITS', 'CONFLICT', 'SERVICE_UNAVAILABLE', 'TIMEOUT'])

/**
 * What became of an item that was alone in its request and is not among the results of a 207.
 *
 * @param error  what the answer says of it; undefined: nothing
 */
export function itemOutcome(error: unknown): Outcome {
  if (error === undefined) return UNANSWERED
  const { category, message } = readErrorBody(error)
  const detail = message === undefined ? {} : { detail: message }
  if (PASSING.has(category)) return { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', ...detail }
  return { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', ...detail }
}
