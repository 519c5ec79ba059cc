import type { EventDefinitions, Property } from '@trackline/shared'
import type { Comparison } from './step.ts'

export interface ContactPropertiesApi {
  /** HubSpot's type of each contact property, by its internal name. */
  list(): Promise<Map<string, string>>
  create(name: string, property: Property): Promise<void>
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
 * Finds the contact properties that definitions name and one account lacks. They are never deleted: lists and workflows of the account may
 * use them.
 */
export async function planContactProperties(events: EventDefinitions, account: number, api: ContactPropertiesApi): Promise<Comparison> {
  const wanted = contactPropertiesOf(events)
  const found: Comparison = { steps: [], problems: [], notes: [] }
  if (wanted.size === 0) return found
  const existing = await api.list()
  const place = `contact properties of account ${account}`
  for (const [name, property] of wanted) {
    const type = existing.get(name)
    if (type === undefined) {
      const says = `create the contact property '${name}' in account ${account}`
      found.steps.push({ change: 'create', place, says, lines: [], run: () => api.create(name, property) })
    } else if (!FITTING_TYPES[property.kind].includes(type)) {
      found.notes.push(`account ${account} has the contact property '${name}' as ${type}, which takes no ${property.kind}: name another one`)
    }
  }
  return found
}

/** The contact properties that definitions stamp, by their internal name. */
export function contactPropertiesOf(events: EventDefinitions): Map<string, Property> {
  const properties = Object.values(events).flatMap((definition) => Object.values(definition.properties ?? {}))
  return new Map(properties.flatMap((property) => (property.contactProperty === undefined ? [] : [[property.contactProperty, property]])))
}
