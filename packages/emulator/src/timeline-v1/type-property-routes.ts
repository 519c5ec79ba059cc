import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { conflict, notFound, validationError } from '../http/hubspot-error.ts'
import { readFields } from '../http/read-fields.ts'
import { MAX_TOKENS } from '../timeline/check-template.ts'
import type { World } from '../world.ts'
import { checkTypeProperty, checkTypePropertyChange } from './check-type-property.ts'
import { EVENT_TYPES_PATH, findEventType } from './event-type-routes.ts'
import type { EventType, TypeProperty } from './event-type-store.ts'
import { typePropertyWire } from './event-type-wire.ts'

type WithId = { Params: { typeId: string } }
type WithPropertyId = { Params: { typeId: string; propertyId: string } }

/** Lists, adds, changes and deletes the properties of an event type (v1). */
export function typePropertyRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = { onRequest: guard.developerKey() }
  const path = `${EVENT_TYPES_PATH}/:typeId/properties`

  app.get<WithId>(path, door, async (request) => {
    const type = findEventType(world, request.params.typeId)
    return type.tokens.map((property) => typePropertyWire(type, property))
  })
  app.post<WithId>(path, door, async (request) => {
    const type = findEventType(world, request.params.typeId)
    return typePropertyWire(type, addProperty(world, type, readJson(request).value))
  })
  app.put<WithId>(path, door, async (request) => {
    const type = findEventType(world, request.params.typeId)
    return typePropertyWire(type, changeProperty(world, type, readJson(request).value))
  })
  app.delete<WithPropertyId>(`${path}/:propertyId`, door, async (request, reply) => {
    const type = findEventType(world, request.params.typeId)
    const { id } = findProperty(type, request.params.propertyId)
    world.eventTypes.change(type, { tokens: type.tokens.filter((property) => property.id !== id) })
    return reply.code(204).send()
  })
}

function addProperty(world: World, type: EventType, body: unknown): TypeProperty {
  const wanted = checkTypeProperty(body, world.now())
  if (type.tokens.some(({ name }) => name === wanted.name))
    throw conflict(`Event type ${type.id} has a property "${wanted.name}" already`)
  if (type.tokens.length >= MAX_TOKENS) throw validationError(`event type ${type.id} has ${MAX_TOKENS} properties already`)
  return world.eventTypes.addProperty(type, wanted)
}

// The property is named by its id in the body, not by the path.
function changeProperty(world: World, type: EventType, body: unknown): TypeProperty {
  const fields = readFields(body, 'a property')
  const property = findProperty(type, String(fields['id']))
  const changed = checkTypePropertyChange(fields, { type, property, now: world.now() })
  world.eventTypes.change(type, { tokens: type.tokens.map((other) => (other === property ? changed : other)) })
  return changed
}

function findProperty(type: EventType, id: string): TypeProperty {
  const property = type.tokens.find((known) => String(known.id) === id)
  if (property === undefined) throw notFound(`Event type ${type.id} has no property with the id ${id}`)
  return property
}
