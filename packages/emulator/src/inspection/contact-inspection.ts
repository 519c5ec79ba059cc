import type { FastifyInstance } from 'fastify'
import type { Contact } from '../contacts/contact-store.ts'
import { notFound } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'
import { portalOfQuery } from './portal-query.ts'
import type { PortalQuery } from './portal-query.ts'

/** The contacts that events created or changed, with their properties. */
export function contactInspection(app: FastifyInstance, world: World): void {
  app.get<{ Querystring: PortalQuery }>('/_emulator/contacts', async (request) => {
    const portalId = portalOfQuery(request.query)
    return world.contacts
      .all()
      .filter((contact) => portalId === undefined || contact.portalId === portalId)
      .map(picture)
  })

  app.get<{ Params: { email: string }; Querystring: PortalQuery }>('/_emulator/contacts/:email', async (request) => {
    const { email } = request.params
    const contact = world.contacts.search(email, portalOfQuery(request.query))
    if (contact === undefined) throw notFound(`No contact has the email "${email}"`)
    return picture(contact)
  })
}

function picture({ id, portalId, email, properties, createdAt }: Contact) {
  return { id, portalId, email, properties: Object.fromEntries(properties), createdAt }
}
