import { validationError } from './hubspot-error.ts'

export type Fields = Record<string, unknown>

/** True for a JSON object: not null, not an array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as a JSON object, or 400 naming what it was meant to be. */
export function readFields(value: unknown, what: string): Fields {
  if (isFields(value)) return value
  throw validationError(`${what} must be a JSON object, not ${describe(value)}`)
}

/** A field that must be there and be text with at least one visible character. */
export function readText(fields: Fields, name: string, what: string): string {
  const value = fields[name]
  if (typeof value === 'string' && value.trim() !== '') return value
  throw validationError(`${what} must have "${name}": a string that is not empty, not ${describe(value)}`)
}

/** A field that may be missing or null, and is text otherwise. */
export function readOptionalText(fields: Fields, name: string, what: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw validationError(`"${name}" of ${what} must be a string, not ${describe(value)}`)
}

/** Refuses fields that are not in the list, so that a misspelt one is not silently without effect. */
export function refuseUnknown(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw validationError(`"${unknown}" is not a known field: choose from ${known.join(', ')}`)
}

/** A whole number within bounds, or 400 naming them; `undefined` passes. */
export function readOptionalWhole(fields: Fields, name: string, { min, max }: { min: number; max: number }): number | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw validationError(`"${name}" must be a whole number from ${min} to ${max}, not ${describe(value)}`)
}

const SHOWN_CHARS = 60

/** A short, safe picture of a value for an error message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  const shown = JSON.stringify(value) ?? typeof value
  return shown.length > SHOWN_CHARS ? `${shown.slice(0, SHOWN_CHARS)}…` : shown
}
