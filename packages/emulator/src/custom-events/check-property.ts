import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readText } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { readOptions } from '../timeline/check-token.ts'
import type { TokenType } from '../timeline/template-store.ts'
import type { CustomProperty } from './definition-store.ts'

const MAX_CHARS = 50
const NAME = /^[a-z][a-z0-9_]{0,49}$/
// HubSpot's own properties begin so.
const RESERVED_PREFIX = 'hs_'

const TYPES: Readonly<Record<string, TokenType>> = {
  string: 'string',
  number: 'number',
  enumeration: 'enumeration',
  datetime: 'date',
}

/** Reads a property of a custom event, or 400 naming what is wrong with it. Without a name, the label gives one. */
export function checkCustomProperty(value: unknown, now: Date): CustomProperty {
  const fields = readFields(value, 'a property')
  const label = readLabel(fields)
  const name = readOptionalText(fields, 'name', 'a property') ?? label.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  const what = `property "${name}"`
  checkCustomName(name, what)
  if (name.startsWith(RESERVED_PREFIX)) throw validationError(`name of ${what} must not begin with ${RESERVED_PREFIX}`)
  const type = readType(fields, what)
  const options = readOptions(fields['options'], { what, type })
  const description = readOptionalText(fields, 'description', what) ?? ''
  return {
    name,
    label,
    type,
    options,
    description,
    isDefault: false,
    objectPropertyName: undefined,
    createdAt: now,
    updatedAt: now,
  }
}

/** Reads a change of a property: its name and type stay. */
export function checkCustomPropertyChange(value: unknown, property: CustomProperty, now: Date): CustomProperty {
  const fields = readFields(value, 'a property')
  const what = `property "${property.name}"`
  if (property.isDefault) throw validationError(`${what} is HubSpot's own and cannot change`)
  return {
    ...property,
    ...(fields['label'] !== undefined && { label: readLabel(fields) }),
    ...(fields['description'] !== undefined && { description: readOptionalText(fields, 'description', what) ?? '' }),
    ...(fields['options'] !== undefined && { options: readOptions(fields['options'], { what, type: property.type }) }),
    updatedAt: now,
  }
}

/** Refuses a name that HubSpot's custom events could not have. */
export function checkCustomName(name: string, what: string): void {
  if (NAME.test(name)) return
  throw validationError(
    `name "${name}" of ${what} is invalid: start with a lower-case letter, then up to ${MAX_CHARS - 1} lower-case letters, ` +
      'digits and underscores',
  )
}

/** The API's word for a type of value. */
export function customTypeOf(type: TokenType): string {
  return type === 'date' ? 'datetime' : type
}

function readLabel(fields: Fields): string {
  const label = readText(fields, 'label', 'a property')
  if (label.length <= MAX_CHARS) return label
  throw validationError(`"label" of a property has ${label.length} characters: at most ${MAX_CHARS} are allowed`)
}

function readType({ type }: Fields, what: string): TokenType {
  const found = typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (found !== undefined) return found
  throw validationError(`"type" of ${what} must be one of ${Object.keys(TYPES).join(', ')}, not ${describe(type)}`)
}
