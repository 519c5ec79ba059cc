import type { HubSpotEndpoint } from '../call.ts'
import { askHubSpot, resultsOf } from './ask-hubspot.ts'
import { OBJECT_TYPES, recordTypeOf } from './event-type.ts'
import type { EventTypesApi, StoredEventType, StoredProperty, TypeProperty } from './event-type.ts'
import { optionsOf, textOf, typeOf } from './read-fields.ts'

const TYPES = { string: 'string', number: 'number', enumeration: 'enumeration', date: 'datetime' } as const
const PAGE_SIZE = 100

/**
 * The definitions of custom events of one HubSpot account. They have a label and properties; how an event looks, HubSpot decides.
 *
 * @param account.path  where the API lies
 * @param account.accessToken  with the scope `behavioral_events.event_definitions.read_write`
 * @see https://developers.hubspot.com/docs/api-reference/events-manage-event-definitions-v3/guide
 */
export function customDefinitionsApi(endpoint: HubSpotEndpoint, { accessToken, path: base = '/events/2026-03' }: { accessToken: string; path?: string }): EventTypesApi {
  function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, purpose: string, json?: object) {
    return askHubSpot(endpoint, { method, path: `${base}/event-definitions${path}`, accessToken, ...(json ? { json } : {}) }, purpose)
  }

  async function page(after?: string): Promise<object[]> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), includeProperties: 'true', ...(after ? { after } : {}) })
    const answer = await ask('GET', `?${query}`, 'list the custom events')
    const next: unknown = Reflect.get(Object(Reflect.get(Object(Reflect.get(Object(answer.body), 'paging')), 'next')), 'after')
    const found = resultsOf(answer, 'custom events')
    return typeof next === 'string' && next !== after ? [...found, ...(await page(next))] : found
  }

  return {
    noun: 'custom event',
    propertyNoun: 'property',
    deletes: 'its events',
    async list() {
      return (await page()).map(readDefinition)
    },
    async create({ name, label, recordType = 'contacts', properties }) {
      const json = { name, label, primaryObject: OBJECT_TYPES[recordType], propertyDefinitions: properties.map(toProperty) }
      await ask('POST', '', `create the custom event '${name}'`, json)
    },
    async updateTexts({ id }, { name, label }) {
      await ask('PATCH', `/${id}`, `update the custom event '${name}'`, { label })
    },
    async remove({ id, name }) {
      await ask('DELETE', `/${id}`, `delete the custom event '${name}'`)
    },
    async createProperty({ id }, property) {
      await ask('POST', `/${id}/property`, `create the property '${property.name}'`, toProperty(property))
    },
    async updateProperty({ id }, name, property) {
      const { name: _, type: __, ...json } = toProperty(property)
      await ask('PATCH', `/${id}/property/${name}`, `update the property '${name}'`, json)
    },
    async removeProperty({ id }, { name }) {
      await ask('DELETE', `/${id}/property/${name}`, `delete the property '${name}'`)
    },
  }
}

function toProperty({ name, label, type, options }: TypeProperty) {
  return { name, label, type: TYPES[type], ...(options.length ? { options } : {}) }
}

function readDefinition(definition: object): StoredEventType {
  const properties: unknown = Reflect.get(definition, 'properties')
  const name = textOf(definition, 'name')
  return {
    id: textOf(definition, 'fullyQualifiedName'),
    name,
    label: textOf(Object(Reflect.get(definition, 'labels')), 'singular') || name,
    header: '',
    detail: '',
    recordType: recordTypeOf(textOf(definition, 'primaryObject')),
    properties: Array.isArray(properties) ? properties.map(Object).filter(isOurs).map(readProperty) : [],
  }
}

/** HubSpot adds properties of its own to every custom event. */
function isOurs(property: object): boolean {
  return Reflect.get(property, 'hubspotDefined') !== true && !textOf(property, 'name').startsWith('hs_')
}

function readProperty(property: object): StoredProperty {
  const name = textOf(property, 'name')
  return { id: name, name, label: textOf(property, 'label'), type: typeOf(textOf(property, 'type'), TYPES), options: optionsOf(property), stamps: undefined }
}
