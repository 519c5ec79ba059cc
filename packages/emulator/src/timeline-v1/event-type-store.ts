import type { Template, TemplateToken } from '../timeline/template-store.ts'

/** A property of an event type: what v3 calls a token, with an id of its own. */
export type TypeProperty = TemplateToken & { id: number }

/** What v3 calls a template. Its id is a number on the wire. */
export type EventType = Omit<Template, 'tokens'> & { tokens: readonly TypeProperty[] }

export type NewEventType = Pick<EventType, 'name' | 'objectType' | 'headerTemplate' | 'detailTemplate'>

const FIRST_TYPE_ID = 2001
const FIRST_PROPERTY_ID = 1

/** Holds the app's v1 event types by id, oldest first. v3 templates are apart: neither API sees the other's. */
export function createEventTypes(now: () => Date) {
  const types = new Map<string, EventType>()
  let nextTypeId = FIRST_TYPE_ID
  let nextPropertyId = FIRST_PROPERTY_ID

  function add(wanted: NewEventType): EventType {
    const type = { ...wanted, id: String(nextTypeId), tokens: [], createdAt: now(), updatedAt: now() }
    nextTypeId += 1
    types.set(type.id, type)
    return type
  }

  /** Changes what is named and keeps the rest. The type must exist. */
  function change(type: EventType, changes: Partial<Omit<EventType, 'id'>>): EventType {
    const changed = { ...type, ...changes, updatedAt: now() }
    types.set(type.id, changed)
    return changed
  }

  function addProperty(type: EventType, wanted: Omit<TypeProperty, 'id'>): TypeProperty {
    const property = { ...wanted, id: nextPropertyId }
    nextPropertyId += 1
    change(type, { tokens: [...type.tokens, property] })
    return property
  }

  return {
    add,
    change,
    addProperty,
    find: (id: string) => types.get(id),
    remove: (id: string) => types.delete(id),
    all: () => [...types.values()],
  }
}
