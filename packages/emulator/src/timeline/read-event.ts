import { readAttributes, readMap, readScalar } from '../http/read-attributes.ts'
import type { Refuse } from '../http/read-attributes.ts'
import type { Fields } from '../http/read-fields.ts'

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

const SHAPE = { kind: 'TimelineEvent', required: ['eventTemplateId', 'tokens'] }

/**
 * Reads the JSON of one event. HubSpot reads a whole body before it looks at any event, so a failure here refuses the body:
 * `refuse` turns the problem into the error to throw.
 */
export function readEvent(value: unknown, refuse: Refuse): EventDraft {
  const fields = readAttributes(value, SHAPE, refuse)
  const tokens = readMap(fields, 'tokens', refuse)
  const text = (name: string) => readScalar(fields, name, refuse)
  return {
    id: text('id'),
    eventTemplateId: text('eventTemplateId') ?? '',
    tokens,
    email: text('email'),
    utk: text('utk'),
    objectId: text('objectId'),
    domain: text('domain'),
    timestamp: fields['timestamp'] ?? undefined,
    extraData: fields['extraData'] ?? undefined,
    timelineIFrame: fields['timelineIFrame'] ?? undefined,
  }
}
