import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { notFound, validationError } from '../http/hubspot-error.ts'
import { MAX_TEMPLATES } from '../timeline/check-template.ts'
import type { World } from '../world.ts'
import { checkEventType, checkEventTypeChange } from './check-event-type.ts'
import type { EventType } from './event-type-store.ts'
import { eventTypeWire } from './event-type-wire.ts'

export const EVENT_TYPES_PATH = '/integrations/v1/:appId/timeline/event-types'

type WithId = { Params: { typeId: string } }

/** Lists, creates, reads, replaces and deletes event types (v1), which takes the developer key and nothing else. */
export function eventTypeRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = { onRequest: guard.developerKey() }
  const path = EVENT_TYPES_PATH

  app.get(path, door, async () => world.eventTypes.all().map(eventTypeWire))
  app.get<WithId>(`${path}/:typeId`, door, async (request) => eventTypeWire(findEventType(world, request.params.typeId)))
  app.post(path, door, async (request) => eventTypeWire(createEventType(world, readJson(request).value)))
  app.put<WithId>(`${path}/:typeId`, door, async (request) => {
    const type = findEventType(world, request.params.typeId)
    return eventTypeWire(world.eventTypes.change(type, checkEventTypeChange(readJson(request).value, type)))
  })
  app.delete<WithId>(`${path}/:typeId`, door, async (request, reply) => {
    const { id } = findEventType(world, request.params.typeId)
    world.eventTypes.remove(id)
    world.events.dropType({ api: 'timeline-v1', typeId: id })
    return reply.code(204).send()
  })
}

/** The event type, or 404 naming the id. */
export function findEventType(world: World, id: string): EventType {
  const type = world.eventTypes.find(id)
  if (type === undefined) throw notFound(`No event type has the id ${id}`)
  return type
}

function createEventType(world: World, body: unknown): EventType {
  const wanted = checkEventType(body)
  if (world.eventTypes.all().length < MAX_TEMPLATES) return world.eventTypes.add(wanted)
  throw validationError(`the app has ${MAX_TEMPLATES} event types already, which is the most an app may have`)
}
