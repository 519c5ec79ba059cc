import type { FastifyInstance } from 'fastify'
import { renderDetail, renderHeader } from '../rendering/render-event.ts'
import type { StoredEvent } from '../timeline/event-store.ts'
import { eventWire } from '../timeline/event-wire.ts'
import type { World } from '../world.ts'
import { portalOfQuery } from './portal-query.ts'
import type { PortalQuery } from './portal-query.ts'

type Query = { Querystring: PortalQuery & { email?: string } }

/** Everything that was stored, with how often it was written and how it looks; newest first. */
export function eventInspection(app: FastifyInstance, world: World): void {
  app.get<Query>('/_emulator/events', async (request) => {
    const { email } = request.query
    const portalId = portalOfQuery(request.query)
    const events = email === undefined ? world.events.all() : eventsOf(world, email)
    return events.filter((event) => portalId === undefined || event.portalId === portalId).map((event) => picture(world, event))
  })
}

function eventsOf(world: World, email: string): StoredEvent[] {
  // An unescaped + in a query reads as a space, which no address has.
  const wanted = email.toLowerCase().replaceAll(' ', '+')
  const contacts = world.contacts.all().filter((contact) => contact.email === wanted)
  return contacts.flatMap((contact) => world.events.ofContact(contact.portalId, contact.id))
}

function picture(world: World, event: StoredEvent) {
  const { portalId, writes, email } = event
  const contact = event.objectId === undefined ? undefined : world.contacts.findById(portalId, event.objectId)
  return { ...eventWire(event), email: contact?.email ?? email, portalId, writes, ...looks(world, event) }
}

function looks(world: World, event: StoredEvent) {
  const template = world.templates.find(event.eventTemplateId)
  if (template === undefined) return {}
  const [header, detail] = [renderHeader(template, event), renderDetail(template, event)]
  return {
    templateName: template.name,
    header: header.text,
    headerHtml: header.html,
    detail: detail.text,
    detailHtml: detail.html,
  }
}
