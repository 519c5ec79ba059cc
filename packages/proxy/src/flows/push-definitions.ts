import type { EventDefinitions, Property } from '@trackline/shared'
import { toTemplate } from '../hubspot/templates.ts'
import type { StoredTemplate, Template, TemplateToken } from '../hubspot/templates.ts'

/** HubSpot's limits: app events reference, "Event type limits". */
const MAX_HEADER_LENGTH = 1_000
const MAX_DETAIL_LENGTH = 10_000

export interface TemplatesApi {
  list(): Promise<StoredTemplate[]>
  create(template: Template): Promise<void>
  update(template: StoredTemplate): Promise<void>
  createToken(id: string, token: TemplateToken): Promise<void>
  updateToken(id: string, token: TemplateToken): Promise<void>
}

export interface ContactPropertiesApi {
  list(): Promise<Set<string>>
  create(name: string, property: Property): Promise<void>
}

/** One change that HubSpot needs, in words, and how to make it. */
export interface Step {
  says: string
  run(): Promise<void>
}

/** Compares the event definitions with HubSpot's templates. Nothing is changed until a step is run; nothing is ever deleted. */
export async function planTemplates(events: EventDefinitions, api: TemplatesApi): Promise<Step[]> {
  const stored = new Map((await api.list()).map((template) => [template.name, template]))
  return Object.entries(events).flatMap(([name, definition]) => {
    const wanted = toTemplate(name, definition)
    assertLengths(name, wanted)
    const existing = stored.get(wanted.name)
    if (!existing) return [{ says: `create the event template '${wanted.name}'`, run: () => api.create(wanted) }]
    return [...templateChanges(wanted, existing, api), ...tokenChanges(wanted, existing, api)]
  })
}

/** Finds the contact properties that definitions name and one account lacks. */
export async function planContactProperties(events: EventDefinitions, account: number, api: ContactPropertiesApi): Promise<Step[]> {
  const wanted = contactPropertiesOf(events)
  if (wanted.size === 0) return []
  const existing = await api.list()
  return [...wanted].flatMap(([name, property]) => {
    if (existing.has(name)) return []
    return [{ says: `create the contact property '${name}' in account ${account}`, run: () => api.create(name, property) }]
  })
}

/** The contact properties that definitions stamp, by their internal name. */
export function contactPropertiesOf(events: EventDefinitions): Map<string, Property> {
  const properties = Object.values(events).flatMap((definition) => Object.values(definition.properties ?? {}))
  return new Map(properties.flatMap((property) => (property.contactProperty === undefined ? [] : [[property.contactProperty, property]])))
}

function templateChanges(wanted: Template, existing: StoredTemplate, api: TemplatesApi): Step[] {
  const isSame = wanted.headerTemplate === existing.headerTemplate && wanted.detailTemplate === existing.detailTemplate
  return isSame ? [] : [{ says: `update the texts of the event template '${wanted.name}'`, run: () => api.update({ ...wanted, id: existing.id, tokens: existing.tokens }) }]
}

function tokenChanges(wanted: Template, existing: StoredTemplate, api: TemplatesApi): Step[] {
  const known = new Map(existing.tokens.map((token) => [token.name, token]))
  return wanted.tokens.flatMap((token) => {
    const before = known.get(token.name)
    if (!before) {
      return [{ says: `add the token '${token.name}' to '${wanted.name}'`, run: () => api.createToken(existing.id, token) }]
    }
    if (before.type !== token.type) {
      throw new Error(`HubSpot keeps '${token.name}' of '${wanted.name}' as ${before.type} and cannot change it to ${token.type}: give the property another name`)
    }
    return isSameToken(token, before)
      ? []
      : [{ says: `update the token '${token.name}' of '${wanted.name}'`, run: () => api.updateToken(existing.id, token) }]
  })
}

function isSameToken(a: TemplateToken, b: TemplateToken): boolean {
  const values = (token: TemplateToken) => JSON.stringify((token.options ?? []).map(({ value, label }) => [value, label]))
  return a.label === b.label && a.objectPropertyName === (b.objectPropertyName ?? undefined) && values(a) === values(b)
}

function assertLengths(eventName: string, { headerTemplate, detailTemplate }: Template): void {
  for (const [part, text, most] of [['header', headerTemplate, MAX_HEADER_LENGTH], ['detail', detailTemplate, MAX_DETAIL_LENGTH]] as const) {
    if (text.length > most) throw new Error(`the ${part} of '${eventName}' has ${text.length} characters: HubSpot takes at most ${most}`)
  }
}
