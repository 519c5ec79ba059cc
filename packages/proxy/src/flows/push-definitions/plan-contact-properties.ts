import type { EventDefinitions, Property } from '@trackline/shared'
import { missingFrom } from '../../hubspot/contact-properties-api.ts'
import type { StoredContactProperty } from '../../hubspot/contact-properties-api.ts'
import type { Comparison } from './step.ts'

export interface ContactPropertiesApi {
  /** What there is, by its internal name. */
  list(): Promise<Map<string, StoredContactProperty>>
  create(name: string, property: Property): Promise<void>
  addOptions(name: string, values: readonly string[]): Promise<void>
}

/** HubSpot's types that take the values of a kind of property. */
const FITTING_TYPES: Readonly<Record<Property['kind'], readonly string[]>> = {
  text: ['string', 'enumeration', 'phone_number'],
  number: ['number', 'string'],
  boolean: ['bool', 'enumeration', 'string'],
  date: ['date', 'datetime'],
  oneOf: ['enumeration', 'string'],
}

/**
 * Finds the contact properties that definitions name and one account lacks, and the choices that one lacks: HubSpot refuses a contact for one
 * that it does not know. None is ever deleted: lists and workflows of the account may use them.
 */
export async function planContactProperties(events: EventDefinitions, account: number, api: ContactPropertiesApi): Promise<Comparison> {
  const wanted = contactPropertiesOf(events)
  const found: Comparison = { steps: [], problems: [], notes: [] }
  if (wanted.size === 0) return found
  const existing = await api.list()
  const place = `contact properties of account ${account}`
  for (const [name, property] of wanted) {
    const stored = existing.get(name)
    if (stored === undefined) {
      const says = `create the contact property '${name}' in account ${account}`
      found.steps.push({ change: 'create', place, says, lines: [], run: () => api.create(name, property) })
    } else if (!FITTING_TYPES[property.kind].includes(stored.type)) {
      found.notes.push(`account ${account} has the contact property '${name}' as ${stored.type}, which takes no ${property.kind}: name another one`)
    } else if (stored.type === 'enumeration') {
      const missing = missingFrom(stored.options, property.values ?? [])
      if (missing.length === 0) continue
      const says = `add options to the contact property '${name}' in account ${account}`
      found.steps.push({ change: 'update', place, says, lines: missing.map((text) => ({ change: 'create', text })), run: () => api.addOptions(name, missing) })
    }
  }
  return found
}

/** The contact properties that definitions stamp, by their internal name; one that several stamp takes the choices of all. */
export function contactPropertiesOf(events: EventDefinitions): Map<string, Property> {
  const properties = new Map<string, Property>()
  for (const property of Object.values(events).flatMap((definition) => Object.values(definition.properties ?? {}))) {
    if (property.contactProperty === undefined) continue
    const values = new Set([...(properties.get(property.contactProperty)?.values ?? []), ...(property.values ?? [])])
    properties.set(property.contactProperty, { ...property, ...(values.size > 0 ? { values: [...values] } : {}) })
  }
  return properties
}
