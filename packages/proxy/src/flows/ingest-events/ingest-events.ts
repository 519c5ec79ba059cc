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
  /** Told how long a request took, from its body until its events were on disk. */
  observe: (durationMs: number) => void
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
  const events: NewEvent[] = []
  for (const read of reads) if ('event' in read) events.push(read.event)
  const rejected = reads.length - events.length
  const stored = rejected === 0 ? await parts.store.enqueue(events) : await storeSome(parts, request.site, { events, rejected })
  if (events.length > 0) tellOthers(parts, request, events)
  parts.observe(Math.max(0, parts.now().getTime() - receivedAt))
  let next = 0
  return reads.map((read) => ('result' in read ? read.result : { messageId: read.event.messageId, status: stored[next++] ?? 'queued' }))
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

async function storeSome({ store }: IngestParts, site: Site, { events, rejected }: { events: NewEvent[]; rejected: number }): Promise<('queued' | 'duplicate')[]> {
  const counted = store.countRejected({ account: site.portal, site: site.name, rejected: rejected * site.targets.length })
  const [stored] = await Promise.all([events.length > 0 ? store.enqueue(events) : [], counted])
  return stored
}

/** What was stored is of interest to delivery, and to the look-up of emails. */
function tellOthers({ wake, hear }: IngestParts, { site, speaker }: IngestRequest, events: NewEvent[]): void {
  if (events.some(isIdentified)) wake(site.portal)
  hear(peopleOf(events.filter((event) => event.person.email !== undefined || !isIdentified(event)), speaker))
}

interface Heard {
  account: number
  site: string
  person: Person
  token?: SpeakersToken | undefined
}

/** One entry for a person: an event that names no email does not replace one that does. */
function peopleOf(events: NewEvent[], speaker: Speaker): Heard[] {
  const token = speaker.kind === 'person' ? speaker.token : undefined
  const heard = events.map(({ account, site, person }) => ({ account, site, person, token }))
  if (heard.length < 2) return heard
  const people = new Map<string, Heard>()
  for (const one of heard) if (one.person.email !== undefined || !people.has(one.person.subject)) people.set(one.person.subject, one)
  return [...people.values()]
}

/** The client's clock may be wrong; how wrong shows in what it says of the moment of sending. */
function clockSkew(sentAt: unknown, receivedAt: number): number {
  if (sentAt === undefined || sentAt === null) return 0
  const said = parseMoment(sentAt)
  if (said === undefined) throw new TrackError('MESSAGE_INVALID', `sentAt must be ISO 8601 with a zone, or milliseconds since 1970: got ${quote(sentAt)}`)
  return receivedAt - said
}
