import { readAttributes, readMap, readScalar } from '../http/read-attributes.ts'
import type { Refuse } from '../http/read-attributes.ts'
import type { Fields } from '../http/read-fields.ts'

/** A custom event as sent: the right JSON shape, its values not yet checked against its definition. */
export type CompletionDraft = {
  eventName: string
  properties: Fields
  email: string | undefined
  utk: string | undefined
  objectId: string | undefined
  uuid: string | undefined
  occurredAt: unknown
}

const SHAPE = { kind: 'BehavioralEventHttpCompletionRequest', required: ['eventName', 'properties'] }

/** Reads the JSON of one custom event; `refuse` turns a problem into the error to throw. */
export function readCompletion(value: unknown, refuse: Refuse): CompletionDraft {
  const fields = readAttributes(value, SHAPE, refuse)
  const properties = readMap(fields, 'properties', refuse)
  const text = (name: string) => readScalar(fields, name, refuse)
  return {
    eventName: text('eventName') ?? '',
    properties,
    email: text('email'),
    utk: text('utk'),
    objectId: text('objectId'),
    uuid: text('uuid') || undefined,
    occurredAt: fields['occurredAt'] ?? undefined,
  }
}
