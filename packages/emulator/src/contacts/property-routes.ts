import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { HubSpotError, notFound, validationError } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'
import { checkGroup, checkProperty } from './check-property.ts'
import type { Property, PropertyGroup } from './property-store.ts'

const PATHS = ['/crm/v3/properties/contacts', '/crm/properties/2026-03/contacts']

type WithName = { Params: { name: string } }

/** Lists, reads, creates and changes contact properties, and their groups. */
export function propertyRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const toRead = { onRequest: guard.bearer(['crm.schemas.contacts.read']) }
  const toWrite = { onRequest: guard.bearer(['crm.schemas.contacts.write']) }

  for (const path of PATHS) {
    app.get(path, toRead, async (request) => ({ results: world.properties.all(guard.portalOf(request)) }))
    app.get<WithName>(`${path}/:name`, toRead, async (request) => {
      return findProperty(world, guard.portalOf(request), request.params.name)
    })
    app.post(path, toWrite, async (request, reply) => {
      return reply.code(201).send(createProperty(world, guard.portalOf(request), readJson(request).value))
    })
    app.patch<WithName>(`${path}/:name`, toWrite, async (request) => {
      return updateProperty(world, { portalId: guard.portalOf(request), name: request.params.name }, readJson(request).value)
    })
    app.get(`${path}/groups`, toRead, async (request) => ({ results: world.properties.allGroups(guard.portalOf(request)) }))
    app.get<WithName>(`${path}/groups/:name`, toRead, async (request) => {
      return findGroup(world, guard.portalOf(request), request.params.name)
    })
    app.post(`${path}/groups`, toWrite, async (request, reply) => {
      return reply.code(201).send(createGroup(world, guard.portalOf(request), readJson(request).value))
    })
  }
}

function createProperty(world: World, portalId: number, body: unknown): Property {
  const wanted = checkProperty(body)
  if (world.properties.find(portalId, wanted.name)) throw alreadyExists(`A property named '${wanted.name}' already exists.`)
  if (world.properties.findGroup(portalId, wanted.groupName)) return world.properties.add(portalId, wanted)
  throw validationError(`property group "${wanted.groupName}" does not exist: create it first`)
}

/** What is given takes the place of what was there, the list of options as a whole. */
function updateProperty(world: World, { portalId, name }: { portalId: number; name: string }, body: unknown): Property {
  const property = findProperty(world, portalId, name)
  return world.properties.add(portalId, checkProperty({ ...property, ...Object(body), name, type: property.type }))
}

function createGroup(world: World, portalId: number, body: unknown): PropertyGroup {
  const wanted = checkGroup(body)
  if (world.properties.findGroup(portalId, wanted.name))
    throw alreadyExists(`A property group named '${wanted.name}' already exists.`)
  return world.properties.addGroup(portalId, wanted)
}

function findProperty(world: World, portalId: number, name: string): Property {
  const property = world.properties.find(portalId, name)
  if (property === undefined) throw notFound(`Contacts have no property "${name}"`)
  return property
}

function findGroup(world: World, portalId: number, name: string): PropertyGroup {
  const group = world.properties.findGroup(portalId, name)
  if (group === undefined) throw notFound(`Contacts have no property group "${name}"`)
  return group
}

function alreadyExists(message: string): HubSpotError {
  return new HubSpotError(409, message, { body: { category: 'OBJECT_ALREADY_EXISTS' } })
}
