import type { Json, PropertyValue } from '@trackline/shared'
import type { DeliveryCode } from '../outcome.ts'

/** `needs_identity → due → delivered | dead`. Rows leave the table 8 days after they were delivered. */
export type RowState = 'needs_identity' | 'due' | 'delivered' | 'dead'

export const TARGETS = ['timeline-v1', 'timeline-v3', 'app-events', 'custom-events', 'contact-properties'] as const
export type TargetName = (typeof TARGETS)[number]

/** Who an event is about, as the session proved it. */
export interface Person {
  /** The `sub` claim; with several providers on one site, the issuer stands before it. */
  subject: string
  issuer?: string
  /** The `sub` claim, where `subject` has the issuer before it. */
  sub?: string
  /** Undefined while only a look-up can tell. */
  email?: string
}

/** A page that HubSpot opens in a frame from the event's entry on the timeline. */
export interface TimelineIFrame {
  linkLabel: string
  headerLabel: string
  /** https. */
  url: string
  /** Pixels. */
  width: number
  height: number
}

/** What a server may say of an event besides its person: on which record it is, and what opens from it. */
export interface Placement {
  /** HubSpot's number of the record. Of a contact too: then it goes before the email. */
  objectId?: string
  /** Domain of the company. */
  domain?: string
  timelineIFrame?: TimelineIFrame
}

/** HubSpot can be told whose event it is. */
export function isIdentified({ person, placement }: Pick<NewEvent, 'person' | 'placement'>): boolean {
  return person.email !== undefined || placement?.objectId !== undefined
}

/** A valid event on its way into the store: as many promises as it has targets. */
export interface NewEvent {
  /** The HubSpot account ("portal") it goes to. */
  account: number
  site: string
  person: Person
  messageId: string
  /** HubSpot's id of it; see `event-id.ts`. */
  eventId: string
  name: string
  targets: readonly TargetName[]
  properties: Readonly<Record<string, PropertyValue>>
  extraData?: Json
  placement?: Placement
  /** Milliseconds since 1970, by the client's clock, corrected. */
  occurredAt: number
  /** Milliseconds since 1970, by ours. */
  receivedAt: number
}

/** One promise: this event to this target. */
export interface Row {
  seq: number
  account: number
  site: string
  target: TargetName
  eventId: string
  messageId: string
  name: string
  person: Person
  properties: Readonly<Record<string, PropertyValue>>
  extraData?: Json
  placement?: Placement
  occurredAt: number
  receivedAt: number
  /** Milliseconds since 1970. */
  dueAt: number
  /** This attempt's number, 1 for the first. */
  attempt: number
  /** How often it was claimed before by somebody who never settled it: their process may have died of it. */
  abandoned: number
  /** When a person had it tried once more; its age counts from then. */
  retriedAt?: number
}

/** What became of one promise, for whoever may ask. */
export interface RowStatus {
  target: TargetName
  event: string
  messageId: string
  eventId: string
  state: RowState
  attempts: number
  occurredAt: number
  receivedAt: number
  settledAt?: number
  nextAttemptAt?: number
  /** The latest outcome that was not a delivery. */
  code?: DeliveryCode
  detail?: string
}

/** A row with what its operator may know of it besides. */
export interface StoredRow extends RowStatus {
  seq: number
  account: number
  site: string
  person: Person
  retriedAt?: number
  /** Somebody holds it under a lease that has not changed hands: it is being sent, or was when they died. */
  isClaimed: boolean
}

/** Names a row, whatever becomes of it. */
export interface RowKey {
  account: number
  seq: number
}
