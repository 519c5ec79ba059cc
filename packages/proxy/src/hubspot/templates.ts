import type { EventDefinition, Property } from '@trackline/shared'
import { callHubSpot } from './call.ts'
import type { CallOptions, HubSpotEndpoint } from './call.ts'
import { readErrorBody } from './error-body.ts'

/** A token of an event template: a property, as HubSpot keeps it. */
export interface TemplateToken {
  name: string
  label: string
  type: 'string' | 'number' | 'enumeration' | 'date'
  options?: { value: string; label: string }[]
  objectPropertyName?: string
}

/** An event template: an event definition, as HubSpot keeps it. */
export interface Template {
  name: string
  objectType: 'contacts'
  headerTemplate: string
  detailTemplate: string
  tokens: TemplateToken[]
}

export type StoredTemplate = Template & { id: string }

const TOKEN_TYPES = { text: 'string', number: 'number', boolean: 'enumeration', date: 'date', oneOf: 'enumeration' } as const

/** The template that HubSpot should have for a definition. */
export function toTemplate(eventName: string, definition: EventDefinition): Template {
  const label = definition.label ?? eventName
  const properties = Object.entries(definition.properties ?? {})
  return {
    name: label,
    objectType: 'contacts',
    headerTemplate: definition.header ?? label,
    detailTemplate: definition.detail ?? '',
    tokens: properties.map(([name, property]) => toToken(name, property)),
  }
}

function toToken(name: string, property: Property): TemplateToken {
  const values = property.kind === 'boolean' ? ['true', 'false'] : property.values
  return {
    name,
    label: property.label ?? name,
    type: TOKEN_TYPES[property.kind],
    ...(values ? { options: values.map((value) => ({ value, label: value })) } : {}),
    ...(property.contactProperty === undefined ? {} : { objectPropertyName: property.contactProperty }),
  }
}

/**
 * The event templates of one HubSpot app, managed with the developer key (they belong to the app, not to an account).
 *
 * Every method throws an Error with HubSpot's own words when it refuses.
 * @see https://developers.hubspot.com/docs/api-reference/crm-timeline-v3/guide
 */
export function templatesApi(endpoint: HubSpotEndpoint, app: { appId: number; developerKey: string }) {
  const base = `/integrators/timeline/v3/${app.appId}/event-templates`

  async function call(options: CallOptions, purpose: string): Promise<unknown> {
    const path = `${options.path}?hapikey=${encodeURIComponent(app.developerKey)}`
    const { status, body } = await callHubSpot(endpoint, { ...options, path })
    if (status < 200 || status > 299) {
      throw new Error(`HubSpot would not ${purpose}: ${readErrorBody(body).message ?? `it answered ${status}`}`)
    }
    return body
  }

  return {
    async list(): Promise<StoredTemplate[]> {
      const body = await call({ method: 'GET', path: base }, 'list the event templates')
      const results: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'results') : undefined
      if (!Array.isArray(results)) throw new Error('HubSpot listed the event templates in an unknown form')
      return results.map(readTemplate)
    },
    async create(template: Template): Promise<void> {
      await call({ method: 'POST', path: base, json: template }, `create the event template '${template.name}'`)
    },
    /** Changes the texts; `tokens` must be those that HubSpot has, since it would take a list without one for its removal. */
    async update(template: StoredTemplate): Promise<void> {
      await call({ method: 'PUT', path: `${base}/${template.id}`, json: template }, `update the event template '${template.name}'`)
    },
    async createToken(id: string, token: TemplateToken): Promise<void> {
      await call({ method: 'POST', path: `${base}/${id}/tokens`, json: token }, `create the token '${token.name}'`)
    },
    async updateToken(id: string, { name, type: _, ...token }: TemplateToken): Promise<void> {
      const path = `${base}/${id}/tokens/${encodeURIComponent(name)}`
      await call({ method: 'PUT', path, json: token }, `update the token '${name}'`)
    },
  }
}

/** HubSpot leaves out what is empty. */
function readTemplate(template: Partial<StoredTemplate>): StoredTemplate {
  return {
    id: String(template.id),
    name: template.name ?? '',
    objectType: 'contacts',
    headerTemplate: template.headerTemplate ?? '',
    detailTemplate: template.detailTemplate ?? '',
    tokens: template.tokens ?? [],
  }
}
