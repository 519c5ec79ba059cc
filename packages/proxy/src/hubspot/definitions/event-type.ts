import type { ObjectType } from '@trackline/shared'

/** How HubSpot keeps the values of a property. */
export type ValueType = 'string' | 'number' | 'enumeration' | 'date'

export interface TypeOption {
  value: string
  label: string
}

/** A property of an event type: a token of v3, a property of the others. */
export interface TypeProperty {
  name: string
  label: string
  type: ValueType
  /** Of an enumeration; else none. */
  options: readonly TypeOption[]
  /** The contact property that each event sets to its value. */
  stamps: string | undefined
}

/** A kind of event as HubSpot should have it: a template of v3, an event type of v1, a custom event's definition. */
export interface EventType {
  name: string
  /** Whose timeline its events are on. HubSpot fixes it when the type is made. Default: contacts. */
  recordType?: ObjectType
  /** What a HubSpot user reads. The same as the name, but for custom events. */
  label: string
  header: string
  detail: string
  properties: readonly TypeProperty[]
}

/** A property as HubSpot has it. Its type may be one that we have no word for. */
export type StoredProperty = Omit<TypeProperty, 'type'> & { id: string; type: string }

/** A kind of event as HubSpot has it. */
export interface StoredEventType extends Omit<EventType, 'properties' | 'recordType'> {
  id: string
  /** Whose timeline its events are on, in our word where we have one, else in HubSpot's; undefined where it does not say. */
  recordType: string | undefined
  properties: readonly StoredProperty[]
}

/**
 * One of HubSpot's APIs for kinds of events. Every method that calls HubSpot throws an Error with HubSpot's own words when it refuses.
 */
export interface EventTypesApi {
  /** HubSpot's words for a kind of event and for what it carries. */
  noun: string
  propertyNoun: string
  /** What deleting one takes with it. */
  deletes: string
  list(): Promise<StoredEventType[]>
  create(type: EventType): Promise<void>
  /** Changes label, header and detail; the properties stay as they are stored. */
  updateTexts(stored: StoredEventType, type: EventType): Promise<void>
  remove(stored: StoredEventType): Promise<void>
  createProperty(stored: StoredEventType, property: TypeProperty): Promise<void>
  updateProperty(stored: StoredEventType, id: string, property: TypeProperty): Promise<void>
  removeProperty(stored: StoredEventType, property: StoredProperty): Promise<void>
}

/** What v1, app events and custom events call it; v3 says it as we do. */
export const OBJECT_TYPES = { contacts: 'CONTACT', companies: 'COMPANY', deals: 'DEAL' } as const satisfies Record<ObjectType, string>

/** HubSpot's word for a kind of record as ours; another kind by its own word. '' where it leaves the word out. */
export function recordTypeOf(word: string): string | undefined {
  const ours = Object.keys(OBJECT_TYPES).filter(isObjectType)
  return ours.find((each) => [OBJECT_TYPES[each], each.toUpperCase()].includes(word.toUpperCase())) ?? (word || undefined)
}

/** One of the kinds of record that an event may be about. */
export function isObjectType(word: string | undefined): word is ObjectType {
  return word !== undefined && Object.hasOwn(OBJECT_TYPES, word)
}
