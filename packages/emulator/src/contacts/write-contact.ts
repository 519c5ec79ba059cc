import type { World } from '../world.ts'
import type { PropertyValues } from './check-property-values.ts'
import type { Contact } from './contact-store.ts'

/** Sets and clears properties of a contact, its email among them, and tells the pages that show it. */
export function writeContact(world: World, contact: Contact, values: PropertyValues): void {
  const email = values.get('email')
  if (email) world.contacts.changeEmail(contact, email)
  for (const [name, value] of values) {
    if (name === 'email') continue
    contact.stamped.delete(name)
    if (value === '') contact.properties.delete(name)
    else contact.properties.set(name, value)
  }
  world.contacts.touch(contact)
  world.contacts.announce(contact)
}
