import type { FastifyInstance } from 'fastify'
import type { StoredEvent } from '../events/event-store.ts'
import { singularOf } from '../events/object-types.ts'
import type { Guard } from '../http/guard.ts'
import { validationError } from '../http/hubspot-error.ts'
import { pageOf } from '../http/page-of.ts'
import type { PageQuery } from '../http/page-of.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { World } from '../world.ts'
import { enterpriseDoor } from './enterprise-door.ts'

// HubSpot's own client asks with a slash at the end.
const PATHS = ['/events/event-occurrences/2026-03', '/events/v3/events', '/events/v3/events/']
const SCOPES = ['business-intelligence']

type Query = PageQuery & {
  objectType?: string
  objectId?: string
  eventType?: string
  occurredAfter?: string
  occurredBefore?: string
}

/** Reads an account's custom events back, newest first, and the names of their kinds. */
export function occurrenceListRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = enterpriseDoor(world, guard, SCOPES)

  for (const path of PATHS) {
    app.get<{ Querystring: Query }>(path, door, async (request) => {
      const matches = matcher(request.query)
      const all = world.events
        .all()
        .filter((event) => event.api === 'custom-events' && event.portalId === guard.portalOf(request))
      return pageOf(all.filter(matches).map(occurrence), request)
    })
  }
  for (const path of PATHS.slice(0, 2)) {
    app.get(`${path}/event-types`, door, async (request) => {
      return { eventTypes: world.customEvents.ofAccount(guard.portalOf(request)).map(({ id }) => id) }
    })
  }
}

function matcher({ objectType, objectId, eventType, occurredAfter, occurredBefore }: Query) {
  const after = readBound('occurredAfter', occurredAfter)
  const before = readBound('occurredBefore', occurredBefore)
  const type = objectType?.toUpperCase()
  return (event: StoredEvent): boolean =>
    (type === undefined || singularOf(event.objectType) === type) &&
    (objectId === undefined || event.objectId === objectId) &&
    (eventType === undefined || event.typeId === eventType) &&
    (after === undefined || event.timestamp > after) &&
    (before === undefined || event.timestamp < before)
}

function readBound(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const moment = readMoment(text)
  if (moment !== undefined) return moment
  throw validationError(`"${name}" must be ISO 8601 or milliseconds since 1970, not "${text}"`)
}

function occurrence(event: StoredEvent) {
  return {
    id: event.id,
    objectType: singularOf(event.objectType),
    objectId: event.objectId,
    eventType: event.typeId,
    occurredAt: event.timestamp.toISOString(),
    properties: event.tokens,
  }
}
