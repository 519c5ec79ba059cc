import type { JsonBody } from './body-parsers.ts'
import { malformedJson, validationError } from './hubspot-error.ts'
import { endOfArrayObject, positionAt } from './json-position.ts'
import type { Refuse } from './read-attributes.ts'
import { describe, isFields } from './read-fields.ts'

export type BatchShape<Draft> = {
  /** HubSpot's name of the body, which its refusals repeat. */
  kind: string
  /** Name of the list. */
  list: string
  max: number
  /** What the batch is of; `events` unless given. */
  noun?: string
  read: (entry: unknown, refuse: Refuse) => Draft
}

/** Reads the list of a batch. HubSpot reads a whole body before it looks at any entry: a failure here refuses them all. */
export function readBatch<Draft>(
  { text, value }: JsonBody,
  { kind, list, max, noun = 'events', read }: BatchShape<Draft>,
): Draft[] {
  const entries: unknown = isFields(value) ? value[list] : undefined
  const refuseAt = (offset: number) => (problem: string) => malformedJson(positionAt(text, offset), problem)
  if (entries === undefined)
    throw refuseAt(text.length)(`Cannot build ${kind}, some of required attributes are not set [${list}]`)
  if (!Array.isArray(entries))
    throw refuseAt(text.length)(`Cannot deserialize "${list}" from ${describe(entries)}: it must be a list`)
  if (entries.length > max) {
    throw validationError(`a batch may hold at most ${max} ${noun}, not ${entries.length}: none was stored`)
  }
  // The place is looked for only once something is wrong: it means reading the whole text again.
  const refuseEntry = (index: number) => (problem: string) => refuseAt(endOfArrayObject(text, index))(problem)
  return entries.map((entry: unknown, index) => read(entry, refuseEntry(index)))
}

/** Reads a body that holds one thing, with the end of the text as the place of whatever is wrong. */
export function readOne<Draft>({ text, value }: JsonBody, read: (entry: unknown, refuse: Refuse) => Draft): Draft {
  return read(value, (problem) => malformedJson(positionAt(text, text.length), problem))
}
