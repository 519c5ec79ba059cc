import type { Contact } from '../contacts/contact-store.ts'
import { notFound, validationError } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'
import type { Identity } from './check-identity.ts'
import type { ObjectType } from './object-types.ts'

/** Where an event goes: a record's id, and the contact if it is one. Neither for a visitor nobody knows yet. */
export type Destination = { objectId: string | undefined; contact: Contact | undefined }

export type Wanted = { portalId: number; objectType: ObjectType; identity: Identity }

/**
 * Finds the record an event belongs to. For contacts `objectId` outranks `utk`, which outranks `email`; an email alone
 * creates its contact, and an email next to an `objectId` becomes that contact's email.
 */
export function findRecord(world: World, wanted: Wanted): Destination {
  const { portalId, objectType, identity } = wanted
  const { objectId, contact: known } = lookUpRecord(world, wanted)
  if (objectType !== 'contacts') return { objectId, contact: undefined }
  const { email, utk } = identity
  const contact = known ?? (email ? world.contacts.findOrCreate(portalId, email) : undefined)
  if (contact && identity.objectId && email) world.contacts.changeEmail(contact, email)
  if (contact && utk) tieVisitor(world, contact, utk)
  return { objectId: contact?.id, contact }
}

/** The same without changing anything: no contact yet when the event would create it. Refuses what {@link findRecord} would. */
export function lookUpRecord(world: World, { portalId, objectType, identity }: Wanted): Destination {
  if (objectType !== 'contacts') return { objectId: requireNumericId(identity.objectId, objectType), contact: undefined }
  const contact = lookUpContact(world, portalId, identity)
  return { objectId: contact?.id, contact }
}

function lookUpContact(world: World, portalId: number, { email, utk, objectId }: Identity): Contact | undefined {
  if (objectId) return contactById(world, { portalId, objectId, email })
  const visitor = utk ? world.contacts.findByVisitor(portalId, utk) : undefined
  return visitor ?? (email ? world.contacts.findByEmail(portalId, email) : undefined)
}

function contactById(
  world: World,
  { portalId, objectId, email }: { portalId: number; objectId: string; email: string | undefined },
) {
  const contact = world.contacts.findById(portalId, objectId)
  if (contact === undefined) throw notFound(`No contact has the objectId "${objectId}"`)
  if (email) world.contacts.refuseTaken(contact, email)
  return contact
}

function tieVisitor(world: World, contact: Contact, utk: string) {
  if (!world.contacts.tieVisitor(contact, utk)) return
  world.events.attachVisitor({ portalId: contact.portalId, utk, objectId: contact.id })
}

// The emulator keeps no companies, deals or tickets, so every number counts as one that exists.
function requireNumericId(objectId: string | undefined, objectType: ObjectType): string {
  if (objectId && /^\d+$/.test(objectId)) return objectId
  throw validationError(`"objectId" of an event on ${objectType} must be a number, not "${objectId ?? ''}"`)
}
