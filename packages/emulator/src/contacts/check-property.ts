import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readText } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import type { Property } from './property-store.ts'

// Which form fields HubSpot can show for which type of value.
const FIELD_TYPES: Readonly<Record<string, readonly string[]>> = {
  string: ['text', 'textarea', 'html', 'phonenumber', 'file', 'calculation_equation'],
  number: ['number', 'calculation_equation'],
  date: ['date'],
  datetime: ['date'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox', 'calculation_equation'],
  bool: ['booleancheckbox', 'calculation_equation'],
}

const NAME = /^[a-z][a-z0-9_]{0,99}$/

export type NewProperty = Pick<Property, 'name' | 'label' | 'type' | 'fieldType' | 'groupName' | 'description' | 'options'>

/** Reads the definition of a contact property, or 400 naming what is wrong with it. */
export function checkProperty(value: unknown): NewProperty {
  const fields = readFields(value, 'a property')
  const name = readName(fields, 'a property')
  const what = `property "${name}"`
  const type = readText(fields, 'type', what)
  const fieldType = readText(fields, 'fieldType', what)
  checkTypes({ what, type, fieldType })
  return {
    name,
    type,
    fieldType,
    label: readText(fields, 'label', what),
    groupName: readText(fields, 'groupName', what),
    description: readOptionalText(fields, 'description', what) ?? '',
    options: readOptions(fields['options'], { what, type }),
  }
}

/** Reads the definition of a property group, or 400. */
export function checkGroup(value: unknown) {
  const fields = readFields(value, 'a property group')
  const name = readName(fields, 'a property group')
  const displayOrder = typeof fields['displayOrder'] === 'number' ? fields['displayOrder'] : -1
  return { name, label: readText(fields, 'label', `property group "${name}"`), displayOrder }
}

function readName(fields: Fields, what: string): string {
  const name = readText(fields, 'name', what)
  if (NAME.test(name)) return name
  throw validationError(
    `name "${name}" of ${what} is invalid: start with a lower-case letter, then lower-case letters, digits and underscores`,
  )
}

function checkTypes({ what, type, fieldType }: { what: string; type: string; fieldType: string }) {
  const allowed = Object.hasOwn(FIELD_TYPES, type) ? FIELD_TYPES[type] : undefined
  if (allowed === undefined)
    throw validationError(`"type" of ${what} must be one of ${Object.keys(FIELD_TYPES).join(', ')}, not "${type}"`)
  if (allowed.includes(fieldType)) return
  throw validationError(`"fieldType" of ${what} must be one of ${allowed.join(', ')} for type "${type}", not "${fieldType}"`)
}

function readOptions(value: unknown, { what, type }: { what: string; type: string }): Fields[] {
  const options = value ?? []
  if (!Array.isArray(options)) throw validationError(`"options" of ${what} must be a list, not ${describe(value)}`)
  if (type === 'enumeration' && options.length === 0) throw validationError(`${what} is an enumeration and must have options`)
  return options.map((option: unknown) => {
    const fields = readFields(option, `an option of ${what}`)
    readText(fields, 'value', `an option of ${what}`)
    readText(fields, 'label', `an option of ${what}`)
    return fields
  })
}
