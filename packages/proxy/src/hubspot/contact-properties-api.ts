import type { Property } from '@trackline/shared'
import { callHubSpot } from './call.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { readErrorBody } from './error-body.ts'

/** The group under which HubSpot lists the properties that we create. */
const GROUP = { name: 'trackline', label: 'Trackline' }
const BASE = '/crm/v3/properties/contacts'
const CONFLICT = 409

const PROPERTY_TYPES = {
  text: { type: 'string', fieldType: 'text' },
  number: { type: 'number', fieldType: 'number' },
  boolean: { type: 'enumeration', fieldType: 'booleancheckbox' },
  date: { type: 'datetime', fieldType: 'date' },
  oneOf: { type: 'enumeration', fieldType: 'select' },
} as const

/**
 * The contact properties of one HubSpot account. Every method throws an Error with HubSpot's own words when it refuses.
 *
 * @see https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
 */
export function contactPropertiesApi(endpoint: HubSpotEndpoint, accessToken: string) {
  return {
    /** Internal names of the contact properties that the account has. */
    async list(): Promise<Set<string>> {
      const answer = await callHubSpot(endpoint, { method: 'GET', path: BASE, accessToken })
      const { body } = assertDone(answer, 'list the contact properties')
      const results: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'results') : undefined
      if (!Array.isArray(results)) throw new Error('HubSpot listed the contact properties in an unknown form')
      return new Set(results.map((property: { name?: unknown }) => String(property.name)))
    },

    async create(name: string, property: Property): Promise<void> {
      const group = await callHubSpot(endpoint, { method: 'POST', path: `${BASE}/groups`, accessToken, json: GROUP })
      if (group.status !== CONFLICT) assertDone(group, 'create the property group')
      const values = property.kind === 'boolean' ? ['true', 'false'] : property.values
      const json = {
        name,
        label: property.label ?? labelOf(name),
        groupName: GROUP.name,
        ...PROPERTY_TYPES[property.kind],
        ...(values ? { options: values.map((value) => ({ value, label: value })) } : {}),
      }
      assertDone(await callHubSpot(endpoint, { method: 'POST', path: BASE, accessToken, json }), `create the contact property '${name}'`)
    },
  }
}

/** `last_login` → `Last login`. */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function assertDone(answer: Answer, purpose: string): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer
  throw new Error(`HubSpot would not ${purpose}: ${readErrorBody(answer.body).message ?? `it answered ${answer.status}`}`)
}
