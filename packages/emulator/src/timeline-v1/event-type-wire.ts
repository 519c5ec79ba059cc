import { DEVELOPER_APP } from '../developer-app.ts'
import { singularOf } from '../events/object-types.ts'
import { PROPERTY_TYPES } from './check-type-property.ts'
import type { EventType, TypeProperty } from './event-type-store.ts'

/** An event type as v1 answers it. */
export function eventTypeWire({ id, name, objectType, headerTemplate, detailTemplate }: EventType) {
  return {
    id: Number(id),
    applicationId: DEVELOPER_APP.id,
    name,
    objectType: singularOf(objectType),
    headerTemplate: headerTemplate ?? null,
    detailTemplate: detailTemplate ?? null,
  }
}

/** A property as v1 answers it, under both names that its stamp has had. */
export function typePropertyWire(
  type: EventType,
  { id, name, label, type: valueType, options, objectPropertyName }: TypeProperty,
) {
  return {
    id,
    eventTypeId: Number(type.id),
    name,
    label,
    propertyType: PROPERTY_TYPES[valueType],
    options,
    contactProperty: objectPropertyName ?? null,
    objectProperty: objectPropertyName ?? null,
  }
}
