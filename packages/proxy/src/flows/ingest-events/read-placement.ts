import { quote } from '@trackline/shared'
import type { EventDefinitions, ValidEvent } from '@trackline/shared'
import { TrackError } from '../../errors.ts'
import type { Person, Placement, TargetName, TimelineIFrame } from '../../outbox/event.ts'

const MAX_LABEL_CHARS = 200
const MAX_URL_CHARS = 2_000
const MAX_PIXELS = 10_000
/** RFC 1035 section 2.3.4. */
const MAX_DOMAIN_CHARS = 253

type Members = Readonly<Record<string, unknown>>

/** Where a server key says the event belongs; undefined when it says nothing of it. @throws TrackError `PLACEMENT_INVALID` */
export function readPlacement({ objectId, domain, timelineIFrame }: Members): Placement | undefined {
  const placement = {
    ...(objectId === undefined ? {} : { objectId: readObjectId(objectId) }),
    ...(domain === undefined ? {} : { domain: readDomain(domain) }),
    ...(timelineIFrame === undefined ? {} : { timelineIFrame: readIFrame(timelineIFrame) }),
  }
  return Object.keys(placement).length ? placement : undefined
}

/** What would have nowhere to go is refused before anything is promised. @throws TrackError `PLACEMENT_INVALID` */
export function refuseMisplaced(
  { definitions, targets }: { definitions: EventDefinitions; targets: readonly TargetName[] },
  { name }: ValidEvent,
  { person, placement }: { person: Person; placement: Placement | undefined },
): void {
  const objectType = definitions[name]?.objectType ?? 'contacts'
  if (objectType !== 'contacts' && placement?.objectId === undefined) {
    throw new TrackError('PLACEMENT_INVALID', `'${name}' is an event of ${objectType}: only a server key can send it, with objectId`)
  }
  const needsEmail = objectType === 'contacts' && placement?.objectId !== undefined && targets.includes('contact-properties')
  if (needsEmail && person.email === undefined) {
    throw new TrackError('PLACEMENT_INVALID', `the target contact-properties finds a contact by email: send email beside objectId with '${name}'`)
  }
}

function readObjectId(objectId: unknown): string {
  if (/^[1-9]\d{0,18}$/.test(typeof objectId === 'number' && Number.isSafeInteger(objectId) ? String(objectId) : readText(objectId))) return String(objectId)
  throw new TrackError('PLACEMENT_INVALID', `objectId must be HubSpot's number of a record: got ${quote(objectId)}`)
}

function readDomain(domain: unknown): string {
  const text = readText(domain)
  if (text.length <= MAX_DOMAIN_CHARS && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text)) return text
  throw new TrackError('PLACEMENT_INVALID', `domain must be a domain such as example.com: got ${quote(domain)}`)
}

function readIFrame(value: unknown): TimelineIFrame {
  const members: Members = typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
  const { linkLabel, headerLabel, url, width, height } = members
  const unknown = Object.keys(members).filter((member) => !['linkLabel', 'headerLabel', 'url', 'width', 'height'].includes(member))
  const isSound = isLabel(linkLabel) && isLabel(headerLabel) && isHttps(url) && isSize(width) && isSize(height) && unknown.length === 0
  if (isSound) return { linkLabel, headerLabel, url, width, height }
  throw new TrackError(
    'PLACEMENT_INVALID',
    `timelineIFrame must have linkLabel and headerLabel (1–${MAX_LABEL_CHARS} characters), url (https), width and height (whole pixels), no control characters or halves of a surrogate pair, and nothing else: got ${quote(value)}`,
  )
}

function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_LABEL_CHARS && isPlain(value)
}

function isHttps(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_URL_CHARS && isPlain(value) && URL.canParse(value) && new URL(value).protocol === 'https:'
}

/** The parser of URLs passes over line breaks and other characters that it cannot mean. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_PIXELS
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
