import type { EventDefinition, Property } from '@trackline/shared'
import type { EventType, TypeProperty } from './event-type.ts'

const VALUE_TYPES = { text: 'string', number: 'number', boolean: 'enumeration', date: 'date', oneOf: 'enumeration' } as const

/** The kind of event that HubSpot should have for a definition. Its name is the label: HubSpot shows that, and it is found by it. */
export function toEventType(eventName: string, definition: EventDefinition): EventType {
  const label = definition.label ?? eventName
  return {
    name: label,
    recordType: definition.objectType ?? 'contacts',
    label,
    header: definition.header ?? label,
    detail: definition.detail ?? '',
    properties: Object.entries(definition.properties ?? {}).map(([name, property]) => toTypeProperty(name, property)),
  }
}

function toTypeProperty(name: string, property: Property): TypeProperty {
  const values = property.kind === 'boolean' ? ['true', 'false'] : (property.values ?? [])
  return {
    name,
    label: property.label ?? name,
    type: VALUE_TYPES[property.kind],
    options: values.map((value) => ({ value, label: value })),
    stamps: property.contactProperty,
  }
}
