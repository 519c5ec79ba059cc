import type { Fields } from '../http/read-fields.ts'
import { describe, isFields } from '../http/read-fields.ts'

/** An event as sent: the right JSON shape, its values not yet checked against the template. */
export type EventDraft = {
  id: string | undefined
  eventTemplateId: string
  tokens: Fields
  email: string | undefined
  utk: string | undefined
  objectId: string | undefined
  domain: string | undefined
  timestamp: unknown
  extraData: unknown
  timelineIFrame: unknown
}

const REQUIRED = ['eventTemplateId', 'tokens'] as const

/**
 * Reads the JSON of one event. HubSpot reads a whole body before it looks at any event, so a failure here refuses the body:
 * `refuse` turns the problem into the error to throw.
 */
export function readEvent(value: unknown, refuse: (problem: string) => Error): EventDraft {
  if (!isFields(value)) throw refuse(`Cannot build TimelineEvent from ${describe(value)}`)
  const missing = REQUIRED.filter((name) => value[name] === undefined || value[name] === null)
  if (missing.length > 0)
    throw refuse(`Cannot build TimelineEvent, some of required attributes are not set [${missing.join(', ')}]`)
  if (!isFields(value['tokens']))
    throw refuse(`Cannot deserialize "tokens" from ${describe(value['tokens'])}: it must be an object`)
  const text = (name: string) => readScalar(value, name, refuse)
  return {
    id: text('id'),
    eventTemplateId: text('eventTemplateId') ?? '',
    tokens: value['tokens'],
    email: text('email'),
    utk: text('utk'),
    objectId: text('objectId'),
    domain: text('domain'),
    timestamp: value['timestamp'] ?? undefined,
    extraData: value['extraData'] ?? undefined,
    timelineIFrame: value['timelineIFrame'] ?? undefined,
  }
}

// Ids are often sent as numbers; HubSpot's reader turns them into text.
function readScalar(fields: Fields, name: string, refuse: (problem: string) => Error): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw refuse(`Cannot deserialize "${name}" from ${describe(value)}: it must be a string`)
}
