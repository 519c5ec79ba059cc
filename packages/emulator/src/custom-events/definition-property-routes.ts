import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { conflict, notFound } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'
import { checkCustomProperty, checkCustomPropertyChange } from './check-property.ts'
import { DEFINITION_PATHS, DEFINITION_SCOPES, findDefinition } from './definition-routes.ts'
import type { CustomDefinition, CustomProperty } from './definition-store.ts'
import { customPropertyWire } from './definition-wire.ts'
import { enterpriseDoor } from './enterprise-door.ts'

type WithName = { Params: { eventName: string } }
type WithProperty = { Params: { eventName: string; propertyName: string } }

/** Adds, changes and deletes the properties of a custom event. */
export function definitionPropertyRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const door = enterpriseDoor(world, guard, DEFINITION_SCOPES)

  for (const path of DEFINITION_PATHS.map((definitions) => `${definitions}/:eventName/property`)) {
    app.post<WithName>(path, door, async (request, reply) => {
      const definition = findDefinition(world, guard.portalOf(request), request.params.eventName)
      return reply.code(201).send(customPropertyWire(addProperty(world, definition, readJson(request).value)))
    })
    app.patch<WithProperty>(`${path}/:propertyName`, door, async (request) => {
      const definition = findDefinition(world, guard.portalOf(request), request.params.eventName)
      const property = findProperty(definition, request.params.propertyName)
      const changed = checkCustomPropertyChange(readJson(request).value, property, world.now())
      world.customEvents.change(definition, { tokens: definition.tokens.map((other) => (other === property ? changed : other)) })
      return customPropertyWire(changed)
    })
    app.delete<WithProperty>(`${path}/:propertyName`, door, async (request, reply) => {
      const definition = findDefinition(world, guard.portalOf(request), request.params.eventName)
      const property = findProperty(definition, request.params.propertyName)
      world.customEvents.change(definition, { tokens: definition.tokens.filter((other) => other !== property) })
      return reply.code(204).send()
    })
  }
}

function addProperty(world: World, definition: CustomDefinition, body: unknown): CustomProperty {
  const property = checkCustomProperty(body, world.now())
  if (definition.tokens.some(({ name }) => name === property.name))
    throw conflict(`Event definition "${definition.id}" has a property "${property.name}" already`)
  world.customEvents.change(definition, { tokens: [...definition.tokens, property] })
  return property
}

function findProperty(definition: CustomDefinition, name: string): CustomProperty {
  const property = definition.tokens.find((known) => known.name === name)
  if (property === undefined) throw notFound(`Event definition "${definition.id}" has no property "${name}"`)
  return property
}
