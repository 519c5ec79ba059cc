import { readAttributes, readScalar } from '../http/read-attributes.ts'
import type { Refuse } from '../http/read-attributes.ts'
import type { Fields } from '../http/read-fields.ts'

/** A v1 event as sent. Its body is flat: whatever is not a part of every event is a value of a property. */
export type EventDraft = {
  id: string
  eventTypeId: string
  email: string | undefined
  utk: string | undefined
  objectId: string | undefined
  domain: string | undefined
  timestamp: unknown
  extraData: unknown
  timelineIFrame: unknown
  values: Fields
}

const SHAPE = { kind: 'TimelineEvent', required: ['id', 'eventTypeId'] }

/** Reads the JSON of one v1 event; `refuse` turns a problem into the error to throw. */
export function readEvent(value: unknown, refuse: Refuse): EventDraft {
  const fields = readAttributes(value, SHAPE, refuse)
  const text = (name: string) => readScalar(fields, name, refuse)
  const { id: _id, eventTypeId: _type, email: _email, utk: _utk, objectId: _objectId, domain: _domain, ...rest } = fields
  const { timestamp, extraData, timelineIFrame, ...values } = rest
  return {
    id: text('id') ?? '',
    eventTypeId: text('eventTypeId') ?? '',
    email: text('email'),
    utk: text('utk'),
    objectId: text('objectId'),
    domain: text('domain'),
    timestamp: timestamp ?? undefined,
    extraData: extraData ?? undefined,
    timelineIFrame: timelineIFrame ?? undefined,
    values,
  }
}
