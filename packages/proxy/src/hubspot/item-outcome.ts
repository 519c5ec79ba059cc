import type { Outcome } from '../outcome.ts'
import { readErrorBody } from './error-body.ts'
import { UNANSWERED } from './target.ts'

/** These categories speak of HubSpot's own trouble, not of the item. */
const TROUBLE: ReadonlySet<string | undefined> = new Set(['INTERNAL_ERROR', 'RATE_LIMITS', 'SERVICE_UNAVAILABLE', 'TIMEOUT'])
/** Two writers have met: the next try finds what the other has made. */
const RACE = 'CONFLICT'

/**
 * What became of an item that was alone in its request and is not among the results of a 207.
 *
 * @param error  what the answer says of it; undefined: nothing
 */
export function itemOutcome(error: unknown): Outcome {
  if (error === undefined) return UNANSWERED
  const { category, message } = readErrorBody(error)
  const detail = message === undefined ? {} : { detail: message }
  if (category === RACE || TROUBLE.has(category)) return { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', ...detail }
  return { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', ...detail }
}

/** What a 409 means where several writers may make a contact: somebody else has just made it, and the next try finds it. Which one it was is asked for. */
export function raceOutcomes(body: unknown, rows: readonly unknown[]): (Outcome | undefined)[] {
  return rows.map(() => (rows.length === 1 ? itemOutcome({ ...Object(body), category: RACE }) : undefined))
}

/** What a 207 means for the whole request where nothing was taken, and nothing is said but that HubSpot is in trouble; to ask about each would be more of it. */
export function troubleOfAll(results: readonly unknown[], errors: readonly unknown[]): Outcome | undefined {
  if (results.length > 0) return undefined
  if (errors.length === 0) return UNANSWERED
  return errors.every((error) => TROUBLE.has(readErrorBody(error).category)) ? itemOutcome(errors[0]) : undefined
}
