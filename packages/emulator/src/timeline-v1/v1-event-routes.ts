import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { StoredEvent } from '../events/event-store.ts'
import { storeAll } from '../events/store-all.ts'
import { readJson } from '../http/body-parsers.ts'
import type { JsonBody } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { HubSpotError, notFound } from '../http/hubspot-error.ts'
import { readBatch, readOne } from '../http/read-batch.ts'
import type { World } from '../world.ts'
import { checkEvent } from './check-event.ts'
import type { V1Era } from './era.ts'
import { eventWire } from './event-wire.ts'
import { readEvent } from './read-event.ts'
import type { EventDraft } from './read-event.ts'
import { refuseKnownIds } from './refuse-known-ids.ts'

const PATH = '/integrations/v1/:appId/timeline/event'
const SCOPES = ['timeline']
const BATCH = { kind: 'TimelineEventBatch', list: 'eventWrappers', max: 100, read: readEvent }
const ERAS = [
  { era: 'post', method: 'POST' },
  { era: 'put', method: 'PUT' },
] as const

type WithIds = { Params: { typeId: string; eventId: string } }

/** Writes and reads v1 events, with an OAuth token: the developer key opens event types only. A write's answer has no body. */
export function v1EventRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = { onRequest: guard.oauth(SCOPES) }

  for (const { era, method } of ERAS) {
    const addRoute = (url: string, read: (body: JsonBody) => EventDraft[]) => {
      app.route({
        method,
        url,
        ...door,
        handler: async (request, reply) => {
          requireEra(world, era)
          write(world, guard.portalOf(request), read(readJson(request)))
          return reply.code(204).send()
        },
      })
    }
    addRoute(PATH, (body) => [readOne(body, readEvent)])
    addRoute(`${PATH}/batch`, (body) => readBatch(body, BATCH))
  }
  app.get<WithIds>(`${PATH}/:typeId/:eventId`, door, async (request) => eventWire(findEvent(world, guard, request)))
}

function write(world: World, portalId: number, drafts: readonly EventDraft[]) {
  const events = drafts.map((draft) => checkEvent(world, portalId, draft))
  refuseKnownIds(world, events, world.settings.v1Era)
  storeAll(world, events)
}

function requireEra(world: World, era: V1Era) {
  if (world.settings.v1Era === era) return
  const advice = era === 'put' ? 'PUT was discontinued on 2 December 2024: use POST' : 'use PUT'
  throw new HubSpotError(405, `HTTP 405 Method Not Allowed: ${advice}`)
}

// An account sees its own events only.
function findEvent(world: World, guard: Guard, request: FastifyRequest<WithIds>): StoredEvent {
  const { typeId, eventId } = request.params
  const event = world.events.find({ api: 'timeline-v1', typeId, id: eventId })
  if (event?.portalId === guard.portalOf(request)) return event
  throw notFound(`Event type ${typeId} has no event with the id "${eventId}"`)
}
