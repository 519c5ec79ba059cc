import { parseMoment, quote } from '@trackline/shared'
import type { EventDefinitions, MessageResult } from '@trackline/shared'
import type { Site } from '../../config.ts'
import { TrackError } from '../../errors.ts'
import { isIdentified } from '../../outbox/event.ts'
import type { NewEvent, Person } from '../../outbox/event.ts'
import { eventIdOf } from '../../outbox/event-id.ts'
import type { Store } from '../../outbox/store.ts'
import { readMessage, readMessageId } from './read-message.ts'
import type { MessageContext, Speaker, SpeakersToken } from './read-message.ts'

export interface IngestParts {
  events: EventDefinitions
  store: Pick<Store, 'enqueue' | 'countRejected'>
  now: () => Date
  newId: () => string
  /** Tells delivery that an account has something due. */
  wake: (account: number) => void
  /** Tells identity look-up whose events were stored. */
  hear: (people: readonly Heard[]) => void
  /** An email that was found a moment ago: the event need not wait for it. */
  knownEmail: (person: Heard) => string | undefined
}

export interface IngestRequest {
  site: Site
  speaker: Speaker
  messages: readonly unknown[]
  /** The client's clock when it sent the request. */
  sentAt?: unknown
}

type Read = { event: NewEvent } | { result: MessageResult }

/**
 * Validates each message and stores what is valid: on disk before this returns.
 *
 * @returns one result for each message, in their order
 * @throws TrackError `OUTBOX_UNAVAILABLE` when nothing could be stored; `MESSAGE_INVALID` for an unreadable `sentAt`
 */
export async function ingestEvents(parts: IngestParts, request: IngestRequest): Promise<MessageResult[]> {
  const receivedAt = parts.now().getTime()
  const { speaker } = request
  const context = { definitions: parts.events, targets: request.site.targets, speaker, receivedAt, clockSkewMs: clockSkew(request.sentAt, receivedAt) }
  const reads = request.messages.map((message) => readOne(parts, request.site, { message, context }))
  const events = reads.flatMap((read) => ('event' in read ? [read.event] : []))
  const rejected = reads.length - events.length
  const [stored] = await Promise.all([storeEvents(parts, events, speaker), rejected > 0 && countRejected(parts, request.site, rejected)])
  return reads.map((read) => ('result' in read ? read.result : { messageId: read.event.messageId, status: stored.shift() ?? 'queued' }))
}

function readOne(parts: IngestParts, site: Site, { message, context }: { message: unknown; context: MessageContext }): Read {
  let messageId = ''
  try {
    if (typeof message !== 'object' || message === null || Array.isArray(message)) {
      throw new TrackError('MESSAGE_INVALID', `a message must be an object: got ${quote(message)}`)
    }
    const members = message as Readonly<Record<string, unknown>> // An object that is no array has members by name.
    messageId = readMessageId(members.messageId, parts.newId)
    const { portal: account, name: siteName, targets } = site
    const { person: named, event, occurredAt, placement } = readMessage(members, messageId, context)
    const person = isIdentified({ person: named, ...(placement && { placement }) }) ? named : withKnownEmail(parts, { account, site: siteName, person: named })
    const { name, properties, extraData } = event
    const eventId = eventIdOf({ account, site: siteName, subject: person.subject, messageId })
    const read: NewEvent = { account, site: siteName, person, messageId, eventId, name, targets, properties, occurredAt, receivedAt: context.receivedAt }
    if (extraData !== undefined) read.extraData = extraData
    if (placement !== undefined) read.placement = placement
    return { event: read }
  } catch (error) {
    if (!(error instanceof TrackError)) throw error
    return { result: { messageId, status: 'rejected', error: { code: error.code, message: error.message } } }
  }
}

function withKnownEmail({ knownEmail }: IngestParts, who: Parameters<IngestParts['knownEmail']>[0]): Person {
  const email = knownEmail(who)
  return email === undefined ? who.person : { ...who.person, email }
}

async function storeEvents(parts: IngestParts, events: NewEvent[], speaker: Speaker): Promise<('queued' | 'duplicate')[]> {
  if (events.length === 0) return []
  const stored = await parts.store.enqueue(events)
  if (events.some(isIdentified)) for (const account of new Set(events.map((event) => event.account))) parts.wake(account)
  parts.hear(peopleOf(events.filter((event) => event.person.email !== undefined || !isIdentified(event)), speaker))
  return stored
}

interface Heard {
  account: number
  site: string
  person: Person
  token?: SpeakersToken | undefined
}

function peopleOf(events: NewEvent[], speaker: Speaker): Heard[] {
  const token = speaker.kind === 'person' ? speaker.token : undefined
  return [...new Map(events.map(({ account, site, person }) => [person.subject, { account, site, person, token }])).values()]
}

async function countRejected(parts: IngestParts, site: Site, rejected: number): Promise<void> {
  await parts.store.countRejected({ account: site.portal, site: site.name, rejected: rejected * site.targets.length })
}

/** The client's clock may be wrong; how wrong shows in what it says of the moment of sending. */
function clockSkew(sentAt: unknown, receivedAt: number): number {
  if (sentAt === undefined || sentAt === null) return 0
  const said = parseMoment(sentAt)
  if (said === undefined) throw new TrackError('MESSAGE_INVALID', `sentAt must be ISO 8601 with a zone, or milliseconds since 1970: got ${quote(sentAt)}`)
  return receivedAt - said
}
