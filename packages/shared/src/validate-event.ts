import { didYouMean } from './did-you-mean.ts'
import type { EventDefinition, EventDefinitions } from './define-events.ts'
import { findExtraDataProblem } from './find-extra-data-problem.ts'
import { MAX_TEXT_LENGTH } from './message.ts'
import type { Json } from './message.ts'
import { parseMoment } from './parse-moment.ts'
import type { Property } from './property.ts'
import { quote } from './quote.ts'

/** One thing that is wrong with a message; `message` names the value. */
export interface Problem {
  code: 'EVENT_UNKNOWN' | 'PROPERTY_INVALID' | 'EXTRA_DATA_INVALID'
  message: string
}

/** A property's value once read: a date is milliseconds since 1970. */
export type PropertyValue = string | number | boolean

declare const proof: unique symbol

/** An event that passed `validateEvent`; it cannot be made otherwise. */
export interface ValidEvent {
  readonly [proof]: true
  readonly name: string
  readonly properties: Readonly<Record<string, PropertyValue>>
  readonly extraData?: Json
}

export type Validation = { valid: true; event: ValidEvent } | { valid: false; problems: Problem[] }

/**
 * Checks a message's `event`, `properties` and `extraData` against the definitions.
 *
 * @returns the event, or every problem at once: `EVENT_UNKNOWN`, `PROPERTY_INVALID`, `EXTRA_DATA_INVALID`. Never throws.
 */
export function validateEvent(
  definitions: EventDefinitions,
  message: { event?: unknown; properties?: unknown; extraData?: unknown },
): Validation {
  const { event: name, properties: sent = {}, extraData } = message
  const definition = typeof name === 'string' && Object.hasOwn(definitions, name) ? definitions[name] : undefined
  if (typeof name !== 'string' || !definition) return { valid: false, problems: [unknownEvent(definitions, name)] }

  const problems: Problem[] = []
  const properties = readProperties({ name, definition }, sent, problems)
  const extraDataProblem = extraData === undefined ? undefined : findExtraDataProblem(extraData)
  if (extraDataProblem) problems.push({ code: 'EXTRA_DATA_INVALID', message: extraDataProblem })
  if (problems.length) return { valid: false, problems }
  // The one place where a ValidEvent is made; findExtraDataProblem has shown that extraData is JSON.
  const event = { name, properties, ...(extraData === undefined ? {} : { extraData }) } as ValidEvent
  return { valid: true, event }
}

function unknownEvent(definitions: EventDefinitions, name: unknown): Problem {
  const hint = typeof name === 'string' ? didYouMean(name, Object.keys(definitions)) : ''
  return { code: 'EVENT_UNKNOWN', message: `the event is not defined: ${quote(name)}${hint}` }
}

interface NamedDefinition {
  name: string
  definition: EventDefinition
}

function readProperties({ name, definition }: NamedDefinition, sent: unknown, problems: Problem[]): Record<string, PropertyValue> {
  const invalid = (message: string) => problems.push({ code: 'PROPERTY_INVALID', message })
  const read: Record<string, PropertyValue> = {}
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    invalid(`the properties of '${name}' must be an object: got ${quote(sent)}`)
    return read
  }
  const known = definition.properties ?? {}
  for (const [key, value] of Object.entries(sent)) {
    const property = Object.hasOwn(known, key) ? known[key] : undefined
    if (!property) invalid(`'${name}' has no property ${quote(key)}${didYouMean(key, clientNames(known))}`)
    else if (property.givenBy === 'proxy') invalid(`'${key}' of '${name}' is computed here and must not be sent`)
    else if (value !== null) {
      const result = readValue(property, value)
      if ('expected' in result) invalid(`'${key}' of '${name}' must be ${result.expected}: got ${quote(value)}${result.hint ?? ''}`)
      else read[key] = result.value
    }
  }
  for (const [key, property] of Object.entries(known)) {
    const missing = property.givenBy === 'client' && (!Object.hasOwn(sent, key) || Reflect.get(sent, key) === null)
    if (missing) invalid(`'${key}' of '${name}' is required`)
  }
  return read
}

function clientNames(properties: Readonly<Record<string, Property>>): string[] {
  return Object.keys(properties).filter((key) => properties[key]?.givenBy !== 'proxy')
}

type ReadValue = { value: PropertyValue } | { expected: string; hint?: string }

function readValue(property: Property, value: unknown): ReadValue {
  switch (property.kind) {
    case 'text':
      return isPlainText(value) ? { value } : { expected: `text of at most ${MAX_TEXT_LENGTH} characters` }
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? { value } : { expected: 'a finite number' }
    case 'boolean':
      return typeof value === 'boolean' ? { value } : { expected: 'true or false' }
    case 'date': {
      const epochMs = parseMoment(value)
      return epochMs === undefined ? { expected: 'a date (ISO 8601 with a zone, or milliseconds since 1970)' } : { value: epochMs }
    }
    case 'oneOf': {
      const values = property.values ?? []
      if (typeof value === 'string' && values.includes(value)) return { value }
      const hint = typeof value === 'string' ? didYouMean(value, values) : ''
      return { expected: values.length === 1 ? `'${values[0]}'` : `one of ${values.map((each) => `'${each}'`).join(', ')}`, hint }
    }
  }
}

function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT_LENGTH && value.isWellFormed() && !value.includes('\0')
}
