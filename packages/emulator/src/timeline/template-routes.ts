import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { notFound, validationError } from '../http/hubspot-error.ts'
import { describe, readFields } from '../http/read-fields.ts'
import type { World } from '../world.ts'
import { checkTemplate, checkTemplateChange, MAX_TEMPLATES } from './check-template.ts'
import type { Template } from './template-store.ts'

/** The path today, and the one that older guides and clients use. */
export const TEMPLATE_PATHS = ['/integrators/timeline/v3/:appId/event-templates', '/crm/v3/timeline/:appId/event-templates']

type WithId = { Params: { templateId: string } }

/** Lists, creates, reads, replaces and deletes event templates (v3). */
export function templateRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const toRead = { onRequest: guard.developer(['developers-read']) }
  const toWrite = { onRequest: guard.developer(['developers-write']) }

  for (const path of TEMPLATE_PATHS) {
    app.get(path, toRead, async () => ({ results: world.templates.all() }))
    app.get<WithId>(`${path}/:templateId`, toRead, async (request) => findTemplate(world, request.params.templateId))
    app.post(path, toWrite, async (request, reply) => reply.code(201).send(createTemplate(world, readJson(request).value)))
    app.put<WithId>(`${path}/:templateId`, toWrite, async (request) => {
      return replaceTemplate(world, findTemplate(world, request.params.templateId), readJson(request).value)
    })
    app.delete<WithId>(`${path}/:templateId`, toWrite, async (request, reply) => {
      deleteTemplate(world, request.params.templateId)
      return reply.code(204).send()
    })
  }
}

/** The template, or 404 naming the id. */
export function findTemplate(world: World, id: string): Template {
  const template = world.templates.find(id)
  if (template === undefined) throw notFound(`No event template has the id "${id}"`)
  return template
}

function createTemplate(world: World, body: unknown): Template {
  const wanted = checkTemplate(body, world.now())
  if (world.templates.all().length < MAX_TEMPLATES) return world.templates.add(wanted)
  throw validationError(`the app has ${MAX_TEMPLATES} event templates already, which is the most an app may have`)
}

function replaceTemplate(world: World, template: Template, body: unknown): Template {
  const fields = readFields(body, 'an event template')
  if (String(fields['id']) !== template.id) {
    throw validationError(`"id" must repeat the id of the path, "${template.id}", not ${describe(fields['id'])}`)
  }
  return world.templates.change(template, checkTemplateChange(fields, world.now()))
}

// HubSpot removes the template's events from every account with it.
function deleteTemplate(world: World, id: string) {
  findTemplate(world, id)
  world.templates.remove(id)
  world.events.dropType({ api: 'timeline-v3', typeId: id })
}
