import type { Row } from '../outbox/event.ts'
import type { Answer } from './call.ts'
import { readErrorBody } from './error-body.ts'
import { itemOutcome } from './item-outcome.ts'
import type { Delivery } from './target.ts'

const NOT_FOUND = 404

/** A record that a server has named may be missing; a contact cannot be, where an email makes it. */
export function namesRecord({ placement }: Row): boolean {
  return placement?.objectId !== undefined
}

/**
 * What it means that HubSpot does not find something of a batch whose event type it has: it lacks a record that a server has named. Alone,
 * that event is refused; among others, it is looked for. undefined: it may be the type, of all events or of one of several kinds.
 */
export function readMissingRecord({ status, body }: Answer, rows: Row[]): Delivery | undefined {
  const isRecord = status === NOT_FOUND && readErrorBody(body).category === 'OBJECT_NOT_FOUND' && rows.some(namesRecord)
  if (!isRecord || new Set(rows.map(({ name }) => name)).size > 1) return undefined
  return { kind: 'each', outcomes: rows.length === 1 ? [itemOutcome(body)] : rows.map(() => undefined) }
}
