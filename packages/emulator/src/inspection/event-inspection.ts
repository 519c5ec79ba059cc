import type { FastifyInstance } from 'fastify'
import type { StoredEvent } from '../events/event-store.ts'
import type { World } from '../world.ts'
import { eventPicture } from './event-picture.ts'
import { portalOfQuery } from './portal-query.ts'
import type { PortalQuery } from './portal-query.ts'

type Query = { Querystring: PortalQuery & { email?: string } }

/** Everything that was stored, by whatever API, with how often it was written and how it looks; newest first. */
export function eventInspection(app: FastifyInstance, world: World): void {
  app.get<Query>('/_emulator/events', async (request) => {
    const { email } = request.query
    const portalId = portalOfQuery(request.query)
    const events = email === undefined ? world.events.all() : eventsOf(world, email)
    const wanted = events.filter((event) => portalId === undefined || event.portalId === portalId)
    return wanted.map((event) => eventPicture(world, event))
  })
}

function eventsOf(world: World, email: string): StoredEvent[] {
  // An unescaped + in a query reads as a space, which no address has.
  const wanted = email.toLowerCase().replaceAll(' ', '+')
  const contacts = world.contacts.all().filter((contact) => contact.email === wanted)
  return contacts.flatMap((contact) => world.events.ofContact(contact.portalId, contact.id))
}
