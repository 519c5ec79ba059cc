import type { FastifyInstance } from 'fastify'
import type { StoredEvent } from '../events/event-store.ts'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { notFound } from '../http/hubspot-error.ts'
import { readOne } from '../http/read-batch.ts'
import { EVENT_READ_SCOPES, EVENT_WRITE_SCOPES } from '../oauth/scopes.ts'
import { renderDetail, renderHeader } from '../rendering/render-event.ts'
import type { World } from '../world.ts'
import { eventWire } from './event-wire.ts'
import { readEvent } from './read-event.ts'
import { findTemplate } from './template-routes.ts'
import { writeBatch } from './write-batch.ts'
import { writeEvent } from './write-event.ts'

/** The path today, and the one that older guides and clients use. */
const PATHS = ['/integrators/timeline/v3/events', '/crm/v3/timeline/events']

type WithIds = { Params: { templateId: string; eventId: string }; Querystring: { detail?: string } }

/** Writes and reads timeline events (v3). They cannot be changed or deleted. */
export function eventRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const toRead = { onRequest: guard.oauth(EVENT_READ_SCOPES) }
  const toWrite = { onRequest: guard.oauth(EVENT_WRITE_SCOPES) }

  for (const path of PATHS) {
    app.post(path, toWrite, async (request, reply) => {
      const draft = readOne(readJson(request), readEvent)
      return reply.code(201).send(eventWire(writeEvent(world, guard.portalOf(request), draft)))
    })
    app.post(`${path}/batch/create`, toWrite, async (request, reply) => {
      const { statusCode, answer } = writeBatch(world, guard.portalOf(request), readJson(request))
      return reply.code(statusCode).send(answer)
    })
    app.get<WithIds>(`${path}/:templateId/:eventId`, toRead, async (request) => {
      return eventWire(findEvent(world, guard.portalOf(request), request.params))
    })
    app.get<WithIds>(`${path}/:templateId/:eventId/detail`, toRead, async (request) => {
      const event = findEvent(world, guard.portalOf(request), request.params)
      return { details: renderDetail(findTemplate(world, event.typeId), event).html }
    })
    app.get<WithIds>(`${path}/:templateId/:eventId/render`, toRead, async (request, reply) => {
      const event = findEvent(world, guard.portalOf(request), request.params)
      const render = request.query.detail === 'true' ? renderDetail : renderHeader
      return reply.type('text/html; charset=utf-8').send(render(findTemplate(world, event.typeId), event).html)
    })
  }
}

// An account sees its own events only.
function findEvent(world: World, portalId: number, { templateId, eventId }: WithIds['Params']): StoredEvent {
  const event = world.events.find({ api: 'timeline-v3', typeId: templateId, id: eventId })
  if (event?.portalId === portalId) return event
  throw notFound(`Template "${templateId}" has no event with the id "${eventId}"`)
}
