import { validationError } from '../http/hubspot-error.ts'
import { describe, isFields } from '../http/read-fields.ts'
import { checkTokenValues } from './check-token-values.ts'
import type { TokenValues } from './check-token-values.ts'
import type { EventDraft } from './read-event.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { ObjectType, Template } from './template-store.ts'

export type TimelineIFrame = { linkLabel: string; headerLabel: string; url: string; width: number; height: number }

/** The parts of an event that have passed every rule of its template. */
export type CheckedEvent = { tokens: TokenValues; timestamp: Date | undefined; timelineIFrame: TimelineIFrame | undefined }

const MAX_EMAIL_CHARS = 254
const EMAIL = /^[^\s@,;<>()"]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/

/** Checks an event against its template and HubSpot's rules, or 400 naming the first rule it breaks. */
export function checkEvent(draft: EventDraft, template: Template): CheckedEvent {
  if (draft.id === '') throw validationError('"id" must not be empty: leave it out to have one made')
  checkIdentity(draft, template.objectType)
  return {
    tokens: checkTokenValues(template, draft.tokens),
    timestamp: readTimestamp(draft.timestamp),
    timelineIFrame: readIFrame(draft.timelineIFrame),
  }
}

function checkIdentity({ email, utk, objectId }: EventDraft, objectType: ObjectType) {
  if (objectType !== 'contacts' && !objectId) throw validationError(`"objectId" is required for events on ${objectType}`)
  if (!email && !utk && !objectId) throw validationError('one of "email", "utk" or "objectId" is required to find the contact')
  if (email && !isEmail(email)) throw validationError(`"email" ${describe(email)} is not a valid email address`)
}

/** True for a mailbox at a domain with at least one dot, up to 254 characters. */
export function isEmail(text: string): boolean {
  return text.length <= MAX_EMAIL_CHARS && EMAIL.test(text)
}

function readTimestamp(value: unknown): Date | undefined {
  if (value === undefined) return undefined
  const moment = readMoment(value)
  if (moment === undefined)
    throw validationError(`"timestamp" must be ISO 8601 or milliseconds since 1970, not ${describe(value)}`)
  return moment
}

function readIFrame(value: unknown): TimelineIFrame | undefined {
  if (value === undefined) return undefined
  if (!isFields(value)) throw validationError(`"timelineIFrame" must be an object, not ${describe(value)}`)
  const { linkLabel, headerLabel, url, width, height } = value
  if (!isText(linkLabel) || !isText(headerLabel) || !isText(url) || !isPixels(width) || !isPixels(height)) {
    throw validationError(
      '"timelineIFrame" needs all of linkLabel, headerLabel and url (strings) and width and height (whole numbers)',
    )
  }
  return { linkLabel, headerLabel, url, width, height }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isPixels(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
