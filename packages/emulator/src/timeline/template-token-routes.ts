import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { conflict, notFound, validationError } from '../http/hubspot-error.ts'
import { readFields } from '../http/read-fields.ts'
import type { World } from '../world.ts'
import { MAX_TOKENS } from './check-template.ts'
import { checkChangeable, checkToken } from './check-token.ts'
import { findTemplate, TEMPLATE_PATHS } from './template-routes.ts'
import type { Template, TemplateToken } from './template-store.ts'

type WithId = { Params: { templateId: string } }
type WithName = { Params: { templateId: string; tokenName: string } }

/** Adds, changes and deletes the tokens of an event template (v3). */
export function templateTokenRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  const toWrite = { onRequest: guard.developer(['developers-write']) }

  for (const path of TEMPLATE_PATHS.map((templates) => `${templates}/:templateId/tokens`)) {
    app.post<WithId>(path, toWrite, async (request) => {
      return addToken(world, findTemplate(world, request.params.templateId), readJson(request).value)
    })
    app.put<WithName>(`${path}/:tokenName`, toWrite, async (request) => {
      const template = findTemplate(world, request.params.templateId)
      return changeToken(world, { template, token: findToken(template, request.params.tokenName), body: readJson(request).value })
    })
    app.delete<WithName>(`${path}/:tokenName`, toWrite, async (request, reply) => {
      const template = findTemplate(world, request.params.templateId)
      const { name } = findToken(template, request.params.tokenName)
      world.templates.change(template, { tokens: template.tokens.filter((token) => token.name !== name) })
      return reply.code(204).send()
    })
  }
}

function addToken(world: World, template: Template, body: unknown): TemplateToken {
  const token = checkToken(body, world.now())
  if (template.tokens.some(({ name }) => name === token.name))
    throw conflict(`Template "${template.id}" has a token "${token.name}" already`)
  if (template.tokens.length >= MAX_TOKENS) throw validationError(`template "${template.id}" has ${MAX_TOKENS} tokens already`)
  world.templates.change(template, { tokens: [...template.tokens, token] })
  return token
}

type TokenChange = { template: Template; token: TemplateToken; body: unknown }

// Name and type stay: events that carry the token are stored by them.
function changeToken(world: World, { template, token, body }: TokenChange): TemplateToken {
  const fields = readFields(body, 'a token')
  const what = `token "${token.name}"`
  const changed = { ...token, ...checkChangeable(fields, { what, type: token.type }), updatedAt: world.now() }
  world.templates.change(template, { tokens: template.tokens.map((other) => (other === token ? changed : other)) })
  return changed
}

function findToken(template: Template, name: string): TemplateToken {
  const token = template.tokens.find((known) => known.name === name)
  if (token === undefined) throw notFound(`Template "${template.id}" has no token "${name}"`)
  return token
}
