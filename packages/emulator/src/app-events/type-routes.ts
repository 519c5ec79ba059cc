import type { FastifyInstance } from 'fastify'
import { singularOf } from '../events/object-types.ts'
import { readJson } from '../http/body-parsers.ts'
import type { Guard } from '../http/guard.ts'
import { notFound, validationError } from '../http/hubspot-error.ts'
import { readFields, readText } from '../http/read-fields.ts'
import { MAX_TEMPLATES } from '../timeline/check-template.ts'
import type { World } from '../world.ts'
import { APP_EVENT_PATHS } from './app-event-paths.ts'
import { checkType, checkTypeChange } from './check-type.ts'
import type { AppEventType } from './type-store.ts'

const DEFAULT_PROJECT = 'trackline'

type WithProject = { Querystring: { project?: string } }

/**
 * Takes and lists the kinds of app events, which HubSpot knows from the files of an uploaded project and has no API for: here
 * `POST /_emulator/app-event-types` takes the content of one `*-hsmeta.json` file. The same uid again replaces it.
 * `POST …/types/projects` is HubSpot's own, and tells the names that events may use.
 */
export function appEventTypeRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  app.post<WithProject>('/_emulator/app-event-types', async (request, reply) => {
    const { project = DEFAULT_PROJECT } = request.query
    return reply.code(201).send(picture(putType(world, readJson(request).value, project)))
  })
  app.get('/_emulator/app-event-types', async () => world.appEventTypes.all().map(picture))

  for (const path of APP_EVENT_PATHS) {
    app.post(`${path}/types/projects`, { onRequest: guard.oauth(['developers-read']) }, async (request) => {
      return resolveNames(world, readJson(request).value)
    })
  }
}

function putType(world: World, body: unknown, projectName: string): AppEventType {
  const wanted = checkType(body, { projectName, now: world.now() })
  const known = world.appEventTypes.find(wanted.id)
  if (known) checkTypeChange(known, wanted)
  else if (world.appEventTypes.all().length >= MAX_TEMPLATES)
    throw validationError(`the app has ${MAX_TEMPLATES} app event types already, which is the most an app may have`)
  return world.appEventTypes.put(wanted)
}

function resolveNames(world: World, body: unknown) {
  const fields = readFields(body, 'a project symbol')
  const projectName = readText(fields, 'projectName', 'a project symbol')
  const symbol = readText(fields, 'developerSymbol', 'a project symbol')
  const type = world.appEventTypes.find(symbol)
  if (type === undefined || type.projectName !== projectName)
    throw notFound(`Project "${projectName}" defines no app event type "${symbol}"`)
  return { fullyQualifiedName: type.fullyQualifiedName, developerQualifiedSymbol: `${type.projectName}_${type.id}` }
}

function picture({ id, projectName, fullyQualifiedName, name, objectType, tokens }: AppEventType) {
  const properties = tokens.map(({ name, label, type, options }) => ({ name, label, type, options }))
  return { uid: id, projectName, fullyQualifiedName, name, objectType: singularOf(objectType), properties }
}
