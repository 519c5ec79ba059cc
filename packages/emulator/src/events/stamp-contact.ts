import type { Contact } from '../contacts/contact-store.ts'
import { READ_ONLY_PROPERTIES } from '../contacts/standard-properties.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { TemplateToken } from '../timeline/template-store.ts'
import type { World } from '../world.ts'
import type { TokenValues } from './check-values.ts'

type Stamp = { contact: Contact; definitions: readonly TemplateToken[]; values: TokenValues }

/**
 * Copies an event's values to the contact properties their definitions name. An empty value stamps nothing, and neither does a
 * property that the account lacks: HubSpot says nothing about either.
 */
export function stampContact(world: World, { contact, definitions, values }: Stamp): void {
  for (const definition of definitions) {
    const { objectPropertyName } = definition
    const value = values[definition.name] ?? ''
    if (objectPropertyName === undefined || value === '' || !isStampable(world, contact, objectPropertyName)) continue
    contact.properties.set(objectPropertyName, stampedValue(definition, value))
    contact.stamped.add(objectPropertyName)
    world.contacts.touch(contact)
  }
}

function isStampable(world: World, contact: Contact, name: string): boolean {
  return world.properties.find(contact.portalId, name) !== undefined && !READ_ONLY_PROPERTIES.includes(name)
}

function stampedValue({ type }: TemplateToken, value: string): string {
  if (type !== 'date') return value
  const moment = readMoment(value)
  return moment === undefined ? value : String(moment.getTime())
}
