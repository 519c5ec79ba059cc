import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { conflict, notFound, validationError } from '../http/hubspot-error.ts'
import { pageOf } from '../http/page-of.ts'
import type { PageQuery } from '../http/page-of.ts'
import type { World } from '../world.ts'
import { checkDefinition, checkDefinitionChange } from './check-definition.ts'
import type { CustomDefinition } from './definition-store.ts'
import { definitionWire } from './definition-wire.ts'
import { enterpriseDoor } from './enterprise-door.ts'

export const DEFINITION_PATHS = ['/events/2026-03/event-definitions', '/events/v3/event-definitions']
export const DEFINITION_SCOPES = ['behavioral_events.event_definitions.read_write']

const MAX_DEFINITIONS = 500

type WithName = { Params: { eventName: string } }
type List = { Querystring: PageQuery & { searchString?: string } }

/** Lists, creates, reads, changes and deletes an account's definitions of custom events. */
export function definitionRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = enterpriseDoor(world, guard, DEFINITION_SCOPES)

  for (const path of DEFINITION_PATHS) {
    app.get<List>(path, door, async (request) => {
      const sought = request.query.searchString?.toLowerCase() ?? ''
      const all = world.customEvents.ofAccount(guard.portalOf(request))
      return pageOf(all.filter((definition) => isSought(definition, sought)).map(definitionWire), request)
    })
    app.post(path, door, async (request, reply) => {
      return reply.code(201).send(definitionWire(create(world, guard.portalOf(request), readJson(request).value)))
    })
    app.get<WithName>(`${path}/:eventName`, door, async (request) => {
      return definitionWire(findDefinition(world, guard.portalOf(request), request.params.eventName))
    })
    app.patch<WithName>(`${path}/:eventName`, door, async (request) => {
      const definition = findDefinition(world, guard.portalOf(request), request.params.eventName)
      return definitionWire(world.customEvents.change(definition, checkDefinitionChange(readJson(request).value)))
    })
    app.delete<WithName>(`${path}/:eventName`, door, async (request, reply) => {
      const { id } = findDefinition(world, guard.portalOf(request), request.params.eventName)
      world.customEvents.remove(id)
      world.events.dropType({ api: 'custom-events', typeId: id })
      return reply.code(204).send()
    })
  }
}

/** The account's definition by its full name or its short one, or 404. */
export function findDefinition(world: World, portalId: number, name: string): CustomDefinition {
  const definition = world.customEvents.find(portalId, name) ?? world.customEvents.find(portalId, `pe${portalId}_${name}`)
  if (definition === undefined) throw notFound(`Account ${portalId} has no event definition "${name}"`)
  return definition
}

function create(world: World, portalId: number, body: unknown): CustomDefinition {
  const wanted = checkDefinition(body, world.now())
  const known = world.customEvents.ofAccount(portalId)
  if (known.some(({ shortName }) => shortName === wanted.shortName))
    throw conflict(`An event definition named "${wanted.shortName}" already exists`)
  if (known.length < MAX_DEFINITIONS) return world.customEvents.add(portalId, wanted)
  throw validationError(`account ${portalId} has ${MAX_DEFINITIONS} event definitions already, which is the most it may have`)
}

function isSought({ name, shortName }: CustomDefinition, sought: string): boolean {
  return shortName.includes(sought) || name.toLowerCase().includes(sought)
}
