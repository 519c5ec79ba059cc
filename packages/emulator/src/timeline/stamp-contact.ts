import type { Contact } from '../contacts/contact-store.ts'
import { READ_ONLY_PROPERTIES } from '../contacts/standard-properties.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { World } from '../world.ts'
import type { TokenValues } from './check-token-values.ts'
import type { Template, TemplateToken } from './template-store.ts'

type Stamp = { contact: Contact; template: Template; tokens: TokenValues }

/**
 * Copies token values to the contact properties they name. An empty value stamps nothing, and neither does a property that the
 * account lacks: HubSpot says nothing about either.
 */
export function stampContact(world: World, { contact, template, tokens }: Stamp): void {
  for (const token of template.tokens) {
    const { objectPropertyName } = token
    const value = tokens[token.name] ?? ''
    if (objectPropertyName === undefined || value === '' || !isStampable(world, contact, objectPropertyName)) continue
    contact.properties.set(objectPropertyName, stampedValue(token, value))
    contact.stamped.add(objectPropertyName)
    world.contacts.touch(contact)
  }
}

function isStampable(world: World, contact: Contact, name: string): boolean {
  return world.properties.find(contact.portalId, name) !== undefined && !READ_ONLY_PROPERTIES.includes(name)
}

function stampedValue(token: TemplateToken, value: string): string {
  if (token.type !== 'date') return value
  const moment = readMoment(value)
  return moment === undefined ? value : String(moment.getTime())
}
