import { readAttributes, readMap, readScalar } from '../http/read-attributes.ts'
import type { Refuse } from '../http/read-attributes.ts'
import type { Fields } from '../http/read-fields.ts'

/** An app event as sent: the right JSON shape, its values not yet checked against its type. */
export type OccurrenceDraft = {
  id: string
  eventTypeName: string
  properties: Fields
  email: string | undefined
  utk: string | undefined
  objectId: string | undefined
  domain: string | undefined
  objectTypeFullyQualifiedName: string | undefined
  timestamp: unknown
  extraData: unknown
  timelineIFrame: unknown
}

const SHAPE = { kind: 'AppEventOccurrence', required: ['eventTypeName', 'id', 'properties'] }

/** Reads the JSON of one app event; `refuse` turns a problem into the error to throw. */
export function readOccurrence(value: unknown, refuse: Refuse): OccurrenceDraft {
  const fields = readAttributes(value, SHAPE, refuse)
  const properties = readMap(fields, 'properties', refuse)
  const text = (name: string) => readScalar(fields, name, refuse)
  return {
    id: text('id') ?? '',
    eventTypeName: text('eventTypeName') ?? '',
    properties,
    email: text('email'),
    utk: text('utk'),
    objectId: text('objectId'),
    domain: text('domain'),
    objectTypeFullyQualifiedName: text('objectTypeFullyQualifiedName'),
    timestamp: fields['timestamp'] ?? undefined,
    extraData: fields['extraData'] ?? undefined,
    timelineIFrame: fields['timelineIFrame'] ?? undefined,
  }
}
