import { isIdentified } from '../../outbox/event.ts'
import type { NewEvent, TargetName } from '../../outbox/event.ts'
import type { RememberedEvent } from '../../outbox/remember-event.ts'

/** An event's values in the order in which its rows are inserted; the target comes last and is another in each row. */
export type RowValues = [
  account: number,
  site: string,
  messageId: string,
  subject: string,
  eventId: string,
  event: string,
  state: 'due' | 'needs_identity',
  issuer: string | null,
  sub: string | null,
  email: string | null,
  extraData: string | null,
  placement: string | null,
  occurredAt: number,
  receivedAt: number,
  dueAt: number,
  properties: string,
]

/** An event on its way to the thread that owns the file. Flat, and text where nobody there looks inside: cheap to copy. */
export type EventRow = [values: RowValues, targets: readonly TargetName[]]

export function toEventRow(event: NewEvent): EventRow {
  const { account, site, person, messageId, eventId, name, properties, extraData, placement, occurredAt, receivedAt, targets } = event
  const { subject, issuer = null, sub = null, email = null } = person
  const state = isIdentified(event) ? 'due' : 'needs_identity'
  const extra = extraData === undefined ? null : JSON.stringify(extraData)
  const place = placement === undefined ? null : JSON.stringify(placement)
  const text = JSON.stringify(properties)
  return [[account, site, messageId, subject, eventId, name, state, issuer, sub, email, extra, place, occurredAt, receivedAt, receivedAt, text], targets]
}

/** What deriving values needs of an event. */
export function readRemembered([account, site, , subject, , name, , , , , , , occurredAt, , , properties]: RowValues): RememberedEvent {
  return { account, site, person: { subject }, name, occurredAt, properties: JSON.parse(properties) }
}
