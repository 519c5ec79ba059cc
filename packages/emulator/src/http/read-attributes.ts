import { describe, isFields } from './read-fields.ts'
import type { Fields } from './read-fields.ts'

/** Turns what is wrong with a body into the error that refuses it, which may name the place. */
export type Refuse = (problem: string) => Error

export type Shape = {
  /** HubSpot's name of what is read, which its refusals repeat. */
  kind: string
  required: readonly string[]
}

/** The value as an object that has every required attribute, in HubSpot's words otherwise. */
export function readAttributes(value: unknown, { kind, required }: Shape, refuse: Refuse): Fields {
  if (!isFields(value)) throw refuse(`Cannot build ${kind} from ${describe(value)}`)
  const missing = required.filter((name) => value[name] === undefined || value[name] === null)
  if (missing.length === 0) return value
  throw refuse(`Cannot build ${kind}, some of required attributes are not set [${missing.join(', ')}]`)
}

/** An attribute that is an object. */
export function readMap(fields: Fields, name: string, refuse: Refuse): Fields {
  const value = fields[name]
  if (isFields(value)) return value
  throw refuse(`Cannot deserialize "${name}" from ${describe(value)}: it must be an object`)
}

/** A text attribute that may be missing. Ids are often sent as numbers, which HubSpot's reader turns into text. */
export function readScalar(fields: Fields, name: string, refuse: Refuse): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw refuse(`Cannot deserialize "${name}" from ${describe(value)}: it must be a string`)
}
