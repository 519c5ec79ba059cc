import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { notFound, validationError } from '../http/hubspot-error.ts'
import { readFields } from '../http/read-fields.ts'
import type { World } from '../world.ts'
import { checkPropertyValues } from './check-property-values.ts'
import type { Contact } from './contact-store.ts'
import { contactWire } from './contact-wire.ts'
import { upsertBatch } from './upsert-batch.ts'
import { writeContact } from './write-contact.ts'

const PATHS = ['/crm/v3/objects/contacts', '/crm/objects/2026-03/contacts', '/crm/objects/2026-09/contacts']
const SCOPES = ['crm.objects.contacts.write']

type WithId = { Params: { contactId: string }; Querystring: { idProperty?: string } }

/** Creates or changes contacts in batches, by email; changes one, by email (`?idProperty=email`) or record id. */
export function contactWriteRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = { onRequest: guard.bearer(SCOPES) }

  for (const path of PATHS) {
    app.post(`${path}/batch/upsert`, door, async (request, reply) => {
      const { statusCode, answer } = upsertBatch(world, guard.portalOf(request), readJson(request))
      return reply.code(statusCode).send(answer)
    })
    app.patch<WithId>(`${path}/:contactId`, door, async (request) => {
      const portalId = guard.portalOf(request)
      const contact = findContact(world, portalId, request)
      const { properties } = readFields(readJson(request).value, 'a contact')
      const values = checkPropertyValues(world, portalId, readFields(properties, '"properties" of a contact'))
      writeContact(world, contact, values)
      return contactWire(contact, [...values.keys()])
    })
  }
}

function findContact(world: World, portalId: number, { params, query }: FastifyRequest<WithId>): Contact {
  const { contactId } = params
  const { idProperty } = query
  if (idProperty !== undefined && idProperty !== 'email')
    throw validationError(`Unable to find a contact by the non-unique property "${idProperty}": set "idProperty" to "email"`)
  const contact =
    idProperty === 'email' ? world.contacts.findByEmail(portalId, contactId) : world.contacts.findById(portalId, contactId)
  if (contact === undefined) throw notFound(`No contact has the ${idProperty ?? 'record id'} "${contactId}"`)
  return contact
}
