import type { EventDefinition } from '@trackline/shared'
import { toInternalName } from '../internal-name.ts'
import type { EventType } from './event-type.ts'
import { toEventType } from './to-event-type.ts'

/** The custom event that an account should have for a definition: internal names, no texts, no contact properties to set. */
export function toCustomDefinition(eventName: string, definition: EventDefinition): EventType {
  const { label, properties } = toEventType(eventName, definition)
  return {
    name: toInternalName(eventName),
    label,
    recordType: definition.objectType ?? 'contacts',
    header: '',
    detail: '',
    properties: properties.map((property) => ({ ...property, name: toInternalName(property.name), stamps: undefined })),
  }
}
