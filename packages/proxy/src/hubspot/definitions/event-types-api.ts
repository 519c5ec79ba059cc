import type { HubSpotEndpoint } from '../call.ts'
import { askHubSpot, objectsIn, withAccess } from './ask-hubspot.ts'
import { OBJECT_TYPES, recordTypeOf } from './event-type.ts'
import type { EventType, EventTypesApi, StoredEventType, StoredProperty, TypeProperty } from './event-type.ts'
import { optionsOf, textOf, typeOf } from './read-fields.ts'

const TYPES = { string: 'String', number: 'Numeric', enumeration: 'Enumeration', date: 'Date' } as const

/** An app, its developer key, and where the API lies. */
export interface V1App {
  appId: number
  developerKey: string
  /** Default: /integrations/v1 */
  path?: string | undefined
}

/**
 * The event types (timeline v1) of one HubSpot app, managed with its developer key and nothing else.
 *
 * @see https://developers.hubspot.com/docs/methods/timeline/timeline-overview
 */
export function eventTypesApi(endpoint: HubSpotEndpoint, app: V1App): EventTypesApi {
  const base = baseOf(app)

  function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, purpose: string, json?: object) {
    return askHubSpot(endpoint, withAccess({ method, path, ...(json ? { json } : {}) }, app), purpose)
  }

  async function propertiesOf(typeId: string): Promise<StoredProperty[]> {
    const { body } = await ask('GET', `${base}/${typeId}/properties`, `list the properties of the event type ${typeId}`)
    return objectsIn(body, 'properties of an event type').map(readProperty)
  }

  async function createProperty({ id }: { id: string }, property: TypeProperty): Promise<void> {
    await ask('POST', `${base}/${id}/properties`, `create the property '${property.name}'`, toProperty(property))
  }

  return {
    noun: 'event type',
    propertyNoun: 'property',
    deletes: 'its events in every account',
    async list() {
      const types = objectsIn((await ask('GET', base, 'list the event types')).body, 'event types')
      const stored: StoredEventType[] = []
      // One after the other: an app may have 750, and HubSpot counts calls.
      for (const type of types) stored.push({ ...readType(type), properties: await propertiesOf(textOf(type, 'id')) })
      return stored
    },
    async create(type) {
      const json = { applicationId: app.appId, objectType: OBJECT_TYPES[type.recordType ?? 'contacts'], ...toTexts(type) }
      const { body } = await ask('POST', base, `create the event type '${type.name}'`, json)
      for (const property of type.properties) await createProperty({ id: textOf(Object(body), 'id') }, property)
    },
    async updateTexts(stored, type) {
      const json = { id: Number(stored.id), applicationId: app.appId, ...toTexts(type) }
      await ask('PUT', `${base}/${stored.id}`, `update the event type '${type.name}'`, json)
    },
    async remove({ id, name }) {
      await ask('DELETE', `${base}/${id}`, `delete the event type '${name}'`)
    },
    createProperty,
    async updateProperty(stored, id, property) {
      await ask('PUT', `${base}/${stored.id}/properties`, `update the property '${property.name}'`, { id: Number(id), ...toProperty(property) })
    },
    async removeProperty(stored, { id, name }) {
      await ask('DELETE', `${base}/${stored.id}/properties/${id}`, `delete the property '${name}'`)
    },
  }
}

/**
 * Lists id and name of an app's event types, and not their properties, which would be a call for each.
 *
 * @throws Error with HubSpot's own words when it refuses
 */
export async function listEventTypes(endpoint: HubSpotEndpoint, app: V1App): Promise<{ id: string; name: string }[]> {
  const { body } = await askHubSpot(endpoint, withAccess({ method: 'GET', path: baseOf(app) }, app), 'list the event types')
  return objectsIn(body, 'event types').map(readType)
}

function baseOf({ appId, path = '/integrations/v1' }: V1App): string {
  return `${path}/${appId}/timeline/event-types`
}

function toTexts({ name, header, detail }: EventType) {
  return { name, headerTemplate: header, detailTemplate: detail }
}

function toProperty({ name, label, type, options, stamps }: TypeProperty) {
  // Older pages of HubSpot's call the stamped property contactProperty, newer ones objectProperty.
  const stamped = stamps === undefined ? {} : { contactProperty: stamps, objectProperty: stamps }
  return { name, label, propertyType: TYPES[type], ...(options.length ? { options } : {}), ...stamped }
}

function readType(type: object): StoredEventType {
  const name = textOf(type, 'name')
  return {
    id: textOf(type, 'id'),
    name,
    label: name,
    header: textOf(type, 'headerTemplate'),
    detail: textOf(type, 'detailTemplate'),
    // HubSpot makes a type of contacts of one that does not say.
    recordType: recordTypeOf(textOf(type, 'objectType') || OBJECT_TYPES.contacts),
    properties: [],
  }
}

function readProperty(property: object): StoredProperty {
  return {
    id: textOf(property, 'id'),
    name: textOf(property, 'name'),
    label: textOf(property, 'label'),
    type: typeOf(textOf(property, 'propertyType'), TYPES),
    options: optionsOf(property),
    stamps: textOf(property, 'contactProperty') || textOf(property, 'objectProperty') || undefined,
  }
}
