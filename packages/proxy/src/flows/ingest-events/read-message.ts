import { MAX_MESSAGE_ID_LENGTH, parseMoment, quote, validateEvent } from '@trackline/shared'
import type { EventDefinitions, ValidEvent } from '@trackline/shared'
import { normalEmail } from '@trackline/session'
import { TrackError } from '../../errors.ts'
import type { Person, Placement, TargetName } from '../../outbox/event.ts'
import { IDENTITY_MEMBERS } from '../../outbox/identity-members.ts'
import { readPlacement, refuseMisplaced } from './read-placement.ts'

const DAY_MS = 24 * 3_600_000
/** A visitor's event may be this much older than its arrival: a snippet that keeps events keeps them as long. A server may tell of any past. */
const MAX_AGE_MS = 7 * DAY_MS
/** And this much younger: clocks differ. */
const MAX_AHEAD_MS = 5 * 60_000

/** Who sent a message: a signed-in person, or a server of the site's owner, which says in each message for whom it speaks. */
export type Speaker = SignedInPerson | { kind: 'server'; mayIdentify: boolean }

export interface SignedInPerson {
  kind: 'person'
  person: Person
  /** One for each person of each site. */
  key: string
  token?: SpeakersToken
}

/** The session token, where a source of the person's email needs it. It is never stored. */
export interface SpeakersToken {
  text: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

export interface ReadMessage {
  messageId: string
  person: Person
  event: ValidEvent
  occurredAt: number
  placement?: Placement
}

export interface MessageContext {
  definitions: EventDefinitions
  targets: readonly TargetName[]
  speaker: Speaker
  /** Milliseconds since 1970. */
  receivedAt: number
  /** Milliseconds to add to the client's clock to get ours. */
  clockSkewMs: number
}

/**
 * Turns what a client sent into an event that may be stored.
 *
 * @throws TrackError `MESSAGE_INVALID`, `IDENTITY_IN_BODY`, `IDENTITY_MISSING`, `EMAIL_INVALID`, `EVENT_UNKNOWN`, `PROPERTY_INVALID`,
 *   `EXTRA_DATA_INVALID`, `PLACEMENT_INVALID`, `SERVER_KEY_SCOPE`
 */
export function readMessage(message: Readonly<Record<string, unknown>>, messageId: string, context: MessageContext): ReadMessage {
  const { type = 'track', timestamp } = message
  if (type !== 'track') throw new TrackError('MESSAGE_INVALID', `only messages of type 'track' are taken: got ${quote(type)}`)
  const placement = context.speaker.kind === 'server' ? readPlacement(message) : undefined
  const person = context.speaker.kind === 'person' ? personOfSession(message, context.speaker.person) : personInMessage(message, context.speaker.mayIdentify)
  const validation = validateEvent(context.definitions, message)
  if (!validation.valid) {
    const [first] = validation.problems
    throw new TrackError(first?.code ?? 'MESSAGE_INVALID', validation.problems.map((problem) => problem.message).join('; '))
  }
  refuseMisplaced(context, validation.event, { person, placement })
  const occurredAt = readOccurredAt(timestamp, context)
  return { messageId, person, event: validation.event, occurredAt, ...(placement === undefined ? {} : { placement }) }
}

/** The message's own id, or a new one when it has none. @throws TrackError `MESSAGE_INVALID` */
export function readMessageId(messageId: unknown, newId: () => string): string {
  if (messageId === undefined || messageId === null) return newId()
  const isUsable =
    typeof messageId === 'string' && messageId.length >= 1 && messageId.length <= MAX_MESSAGE_ID_LENGTH && /^[\x20-\x7e]+$/.test(messageId)
  if (isUsable) return messageId
  throw new TrackError('MESSAGE_INVALID', `messageId must be 1–${MAX_MESSAGE_ID_LENGTH} printable ASCII characters: got ${quote(messageId)}`)
}

function personOfSession(message: Readonly<Record<string, unknown>>, person: Person): Person {
  const named = IDENTITY_MEMBERS.filter((member) => message[member] !== undefined)
  if (named.length === 0) return person
  throw new TrackError('IDENTITY_IN_BODY', `the message carries '${named.join("', '")}', but who acted comes from the session`)
}

function personInMessage({ userId, email, objectId }: Readonly<Record<string, unknown>>, mayIdentify: boolean): Person {
  const named = email === undefined ? objectId === undefined ? undefined : 'objectId' : 'email'
  if (named !== undefined && !mayIdentify) throw new TrackError('SERVER_KEY_SCOPE', `the message carries '${named}', which takes a key with the scope events:identify`)
  const address = email === undefined ? undefined : normalEmail(email)
  if (email !== undefined && address === undefined) throw new TrackError('EMAIL_INVALID', `the email is not a plain address: ${describeText(email)}`)
  if (userId !== undefined && !isUserId(userId)) {
    throw new TrackError('IDENTITY_MISSING', `userId must be text of 1–255 characters without control characters: got ${quote(userId)}`)
  }
  // An event of a company or deal may have nobody who acted: the record itself is the subject.
  const subject = userId ?? address ?? (objectId === undefined ? undefined : `hubspot:${String(objectId)}`)
  if (subject === undefined) throw new TrackError('IDENTITY_MISSING', 'the message names neither userId, email nor objectId')
  return { subject, ...(address === undefined ? {} : { email: address }) }
}

function isUserId(userId: unknown): userId is string {
  return typeof userId === 'string' && userId.length >= 1 && userId.length <= 255 && userId.isWellFormed() && !/\p{Cc}/u.test(userId)
}

/** What should have been an address is told by its form alone: it may be somebody's. */
function describeText(value: unknown): string {
  return typeof value === 'string' ? `text of ${value.length} characters` : quote(value)
}

function readOccurredAt(timestamp: unknown, { receivedAt, clockSkewMs, speaker }: MessageContext): number {
  if (timestamp === undefined || timestamp === null) return receivedAt
  const said = parseMoment(timestamp)
  if (said === undefined) {
    throw new TrackError('MESSAGE_INVALID', `timestamp must be ISO 8601 with a zone, or milliseconds since 1970: got ${quote(timestamp)}`)
  }
  const earliest = speaker.kind === 'server' ? 0 : receivedAt - MAX_AGE_MS
  return Math.min(Math.max(said + clockSkewMs, earliest), receivedAt + MAX_AHEAD_MS)
}
