import type { HubSpotEndpoint } from '../call.ts'
import { askHubSpot, objectsIn, resultsOf, withAccess } from './ask-hubspot.ts'
import type { AppAccess } from './ask-hubspot.ts'
import { recordTypeOf } from './event-type.ts'
import type { EventType, EventTypesApi, StoredEventType, StoredProperty, TypeProperty } from './event-type.ts'
import { optionsOf, textOf } from './read-fields.ts'

export interface TemplatesApp {
  appId: number
  access: AppAccess
  /** Where the API lies. Default: /integrators/timeline/v3 */
  path?: string | undefined
}

/**
 * The event templates (timeline v3) of one HubSpot app. They belong to the app, not to an account.
 *
 * @param app.access  the app's developer key, or an access token with `developers-read` and `developers-write`
 * @see https://developers.hubspot.com/docs/api-reference/crm-timeline-v3/guide
 */
export function templatesApi(endpoint: HubSpotEndpoint, app: TemplatesApp): EventTypesApi {
  const { path = '/integrators/timeline/v3' } = app
  const base = `${path}/${app.appId}/event-templates`
  const tokenPath = (id: string, name: string) => `${base}/${id}/tokens/${encodeURIComponent(name)}`

  function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, purpose: string, json?: object) {
    return askHubSpot(endpoint, withAccess({ method, path, ...(json ? { json } : {}) }, app.access), purpose)
  }

  return {
    noun: 'event template',
    propertyNoun: 'token',
    deletes: 'its events in every account',
    async list() {
      return resultsOf(await ask('GET', base, 'list the event templates'), 'event templates').map(readTemplate)
    },
    async create(type) {
      const json = { objectType: type.recordType ?? 'contacts', ...toTexts(type), tokens: type.properties.map(toToken) }
      await ask('POST', base, `create the event template '${type.name}'`, json)
    },
    async updateTexts(stored, type) {
      const purpose = `update the event template '${type.name}'`
      // Left out, the tokens would be taken for removed, those too that came since the template was listed.
      const { body } = await ask('GET', `${base}/${stored.id}`, purpose)
      const tokens = objectsIn(Reflect.get(Object(body), 'tokens'), 'tokens of an event template').map(readToken)
      await ask('PUT', `${base}/${stored.id}`, purpose, { id: stored.id, ...toTexts(type), tokens: tokens.map(toToken) })
    },
    async remove({ id, name }) {
      await ask('DELETE', `${base}/${id}`, `delete the event template '${name}'`)
    },
    async createProperty({ id }, property) {
      await ask('POST', `${base}/${id}/tokens`, `create the token '${property.name}'`, toToken(property))
    },
    async updateProperty({ id }, name, property) {
      const { name: _, type: __, ...json } = toToken(property)
      await ask('PUT', tokenPath(id, name), `update the token '${name}'`, json)
    },
    async removeProperty({ id }, { name }) {
      await ask('DELETE', tokenPath(id, name), `delete the token '${name}'`)
    },
  }
}

function toTexts({ name, header, detail }: EventType) {
  return { name, headerTemplate: header, detailTemplate: detail }
}

/** The words of v3 are ours. */
function toToken({ name, label, type, options, stamps }: TypeProperty | StoredProperty) {
  return { name, label, type, ...(options.length ? { options } : {}), ...(stamps === undefined ? {} : { objectPropertyName: stamps }) }
}

function readTemplate(template: object): StoredEventType {
  const tokens: unknown = Reflect.get(template, 'tokens')
  const name = textOf(template, 'name')
  return {
    id: textOf(template, 'id'),
    name,
    label: name,
    header: textOf(template, 'headerTemplate'),
    detail: textOf(template, 'detailTemplate'),
    recordType: recordTypeOf(textOf(template, 'objectType')),
    properties: Array.isArray(tokens) ? tokens.map((token) => readToken(Object(token))) : [],
  }
}

function readToken(token: object): StoredProperty {
  const name = textOf(token, 'name')
  const stamps = textOf(token, 'objectPropertyName') || undefined
  return { id: name, name, label: textOf(token, 'label'), type: textOf(token, 'type'), options: optionsOf(token), stamps }
}
