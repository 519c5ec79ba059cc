import { isObjectType } from '../hubspot/definitions/event-type.ts'
import type { EventType, StoredEventType, StoredProperty, TypeProperty, ValueType } from '../hubspot/definitions/event-type.ts'
import { toInternalName } from '../hubspot/internal-name.ts'

const MAX_NAME_LENGTH = 50
const VALUE_TYPES: readonly ValueType[] = ['string', 'number', 'enumeration', 'date']

/** What becomes of a v1 app's event types. */
export interface Migration {
  /** The templates of v3, by the name of our event. */
  templates: Map<string, EventType>
  /** What could not be taken over as it was. */
  notes: string[]
}

/**
 * Turns event types of v1 into templates of v3, as HubSpot's migration note renames them: an event type is a template, a property a token,
 * `contactProperty` or `objectProperty` is `objectPropertyName`; headers and details are the same language.
 *
 * @see https://developers.hubspot.com/docs/api-reference/crm-timeline-v3/guide
 */
export function migrateEventTypes(types: readonly StoredEventType[]): Migration {
  const migration: Migration = { templates: new Map(), notes: [] }
  for (const type of types) {
    const { recordType } = type
    if (!isObjectType(recordType)) {
      migration.notes.push(`'${type.name}' is about ${type.recordType}: it is left out`)
      continue
    }
    const name = shortName(type, migration)
    const properties = type.properties.flatMap((property) => migrateProperty(type, property, migration))
    migration.templates.set(freeName(name, migration), { name, label: name, header: type.header, detail: type.detail, recordType, properties })
  }
  return migration
}

function shortName({ name }: StoredEventType, { notes }: Migration): string {
  if (name.length <= MAX_NAME_LENGTH) return name
  const short = name.slice(0, MAX_NAME_LENGTH).trim()
  notes.push(`'${name}' has ${name.length} characters, v3 takes ${MAX_NAME_LENGTH}: it becomes '${short}'`)
  return short
}

function migrateProperty(type: StoredEventType, { id: _, ...property }: StoredProperty, { notes }: Migration): TypeProperty[] {
  const valueType = VALUE_TYPES.find((each) => each === property.type)
  if (valueType) return [{ ...property, type: valueType }]
  notes.push(`'${property.name}' of '${type.name}' is of the type ${property.type}, which v3 has not: it is left out`)
  return []
}

/** The event's name in code. Two labels may make one name. */
function freeName(label: string, { templates }: Migration): string {
  const name = toInternalName(label.trim()).replace(/^_+|_+$/g, '') || 'event'
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? name : `${name}_${number}`
    if (!templates.has(numbered)) return numbered
  }
}
