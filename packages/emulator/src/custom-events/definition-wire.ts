import { singularOf } from '../events/object-types.ts'
import type { ObjectType } from '../events/object-types.ts'
import { customTypeOf } from './check-property.ts'
import type { CustomDefinition, CustomProperty } from './definition-store.ts'

const OBJECT_TYPE_IDS: Readonly<Record<ObjectType, string>> = { contacts: '0-1', companies: '0-2', deals: '0-3', tickets: '0-5' }
const FIELD_TYPES = { string: 'text', number: 'number', enumeration: 'select', date: 'date' } as const

/** A definition as the API answers it. */
export function definitionWire(definition: CustomDefinition) {
  const { id, number, portalId, name, shortName, description, objectType, tokens, createdAt } = definition
  return {
    id: String(number),
    objectTypeId: `6-${number}`,
    fullyQualifiedName: id,
    name: shortName,
    labels: { singular: name, plural: name },
    description,
    primaryObject: singularOf(objectType),
    primaryObjectId: OBJECT_TYPE_IDS[objectType],
    trackingType: 'MANUAL',
    archived: false,
    createdAt: createdAt.toISOString(),
    properties: tokens.map(customPropertyWire),
    associations: [],
    portalId,
  }
}

/** A property of a definition as the API answers it. */
export function customPropertyWire({ name, label, type, description, options, isDefault, createdAt, updatedAt }: CustomProperty) {
  return {
    name,
    label,
    type: customTypeOf(type),
    fieldType: FIELD_TYPES[type],
    groupName: 'event_properties',
    description,
    options: options.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false })),
    hubspotDefined: isDefault,
    archived: false,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
