import { MAX_BATCH_EVENTS } from '@trackline/shared'
import { TrackError } from '../errors.ts'
import { IDENTITY_MEMBERS } from '../outbox/identity-members.ts'

/** What a request carries: messages as they were sent, and the client's clock when it sent them. */
export interface Envelope {
  messages: readonly unknown[]
  sentAt?: unknown
}

/** The paths that take events, and how each one's body is read. The short ones are on no ad blocker's word list. */
export const ENVELOPE_READERS: ReadonlyMap<string, (body: unknown) => Envelope> = new Map([
  ['/v1/batch', readBatch],
  ['/v1/b', readBatch],
  ['/v1/track', readSingle],
  ['/v1/t', readSingle],
])

function readBatch(body: unknown): Envelope {
  const { batch, sentAt } = readObject(body)
  if (!Array.isArray(batch)) throw new TrackError('BODY_INVALID', '"batch" must be an array of messages')
  if (batch.length === 0) throw new TrackError('BODY_INVALID', '"batch" is empty')
  if (batch.length > MAX_BATCH_EVENTS) throw new TrackError('BATCH_TOO_LARGE', `the batch has ${batch.length} events; at most ${MAX_BATCH_EVENTS} are taken`)
  refuseIdentity(readObject(body))
  return { messages: batch, sentAt }
}

/** Segment's own `track` body carries `sentAt` beside the event's members. */
function readSingle(body: unknown): Envelope {
  const message = readObject(body)
  return { messages: [message], sentAt: message.sentAt }
}

function readObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new TrackError('BODY_INVALID', 'the body must be a JSON object')
  return body as Readonly<Record<string, unknown>> // An object that is no array has members by name.
}

/** Beside the batch an identity would be for every message of it; not even a server key speaks that way. */
function refuseIdentity(body: Readonly<Record<string, unknown>>): void {
  const named = IDENTITY_MEMBERS.filter((member) => body[member] !== undefined)
  if (named.length) throw new TrackError('IDENTITY_IN_BODY', `the body carries '${named.join("', '")}' beside "batch"`)
}
