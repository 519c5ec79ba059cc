import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readText } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { checkName, readOptions } from '../timeline/check-token.ts'
import type { TokenType } from '../timeline/template-store.ts'
import type { EventType, TypeProperty } from './event-type-store.ts'

/** How v1 spells the types of values. */
export const PROPERTY_TYPES = { string: 'String', number: 'Numeric', enumeration: 'Enumeration', date: 'Date' } as const

// An event's body is flat: these names are taken by the event itself, or by what HubSpot adds to it.
const RESERVED_NAMES = [
  'properties',
  'applicationId',
  'eventTypeId',
  'extraData',
  'id',
  'objectType',
  'objectId',
  'portalId',
  'timestamp',
  'utk',
  'domain',
  'log',
  'lookup',
  'timelineIFrame',
  'eventTemplateId',
  'tokens',
  'email',
]

/** Reads a new property of an event type, or 400 naming what is wrong with it. */
export function checkTypeProperty(value: unknown, now: Date): Omit<TypeProperty, 'id'> {
  const fields = readFields(value, 'a property')
  const name = readText(fields, 'name', 'a property')
  if (RESERVED_NAMES.includes(name)) {
    throw validationError(`property name "${name}" is reserved: choose none of ${RESERVED_NAMES.join(', ')}`)
  }
  checkName(name, 'property')
  const what = `property "${name}"`
  const type = readType(fields, what)
  return { name, type, ...readChangeable(fields, { what, type }), createdAt: now, updatedAt: now }
}

/** Reads a change of a property: its name, its type and its event type stay. */
export function checkTypePropertyChange(fields: Fields, { type, property, now }: Change): TypeProperty {
  const what = `property "${property.name}"`
  refuseChange(fields, 'name', property.name)
  refuseChange(fields, 'propertyType', PROPERTY_TYPES[property.type])
  refuseChange(fields, 'eventTypeId', Number(type.id))
  return { ...property, ...readChangeable(fields, { what, type: property.type }), updatedAt: now }
}

export type Change = { type: EventType; property: TypeProperty; now: Date }

function readType({ propertyType }: Fields, what: string): TokenType {
  const types: readonly TokenType[] = ['string', 'number', 'enumeration', 'date']
  const found = types.find((type) => PROPERTY_TYPES[type] === propertyType)
  if (found !== undefined) return found
  const known = types.map((type) => PROPERTY_TYPES[type]).join(', ')
  throw validationError(`"propertyType" of ${what} must be one of ${known}, not ${describe(propertyType)}`)
}

function readChangeable(fields: Fields, { what, type }: { what: string; type: TokenType }) {
  return {
    label: readText(fields, 'label', what),
    options: readOptions(fields['options'] ?? undefined, { what, type }),
    objectPropertyName: readStamped(fields, what),
  }
}

// Two names for one thing: older pages say contactProperty, newer ones objectProperty.
function readStamped(fields: Fields, what: string): string | undefined {
  const [older, newer] = [readOptionalText(fields, 'contactProperty', what), readOptionalText(fields, 'objectProperty', what)]
  if (older && newer && older !== newer) {
    throw validationError(
      `${what} names two contact properties, "${older}" and "${newer}": keep one of contactProperty and objectProperty`,
    )
  }
  return older || newer || undefined
}

function refuseChange(fields: Fields, name: string, current: string | number) {
  const value = fields[name]
  if (value === undefined || value === null || String(value) === String(current)) return
  throw validationError(`"${name}" cannot change from ${describe(current)} to ${describe(value)}`)
}
