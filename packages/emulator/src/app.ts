import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { accountInfoRoutes } from './accounts/account-info-routes.ts'
import { accountRoutes } from './accounts/account-routes.ts'
import { occurrenceRoutes } from './app-events/occurrence-routes.ts'
import { appEventTypeRoutes } from './app-events/type-routes.ts'
import { contactWriteRoutes } from './contacts/contact-write-routes.ts'
import { propertyRoutes } from './contacts/property-routes.ts'
import { definitionPropertyRoutes } from './custom-events/definition-property-routes.ts'
import { definitionRoutes } from './custom-events/definition-routes.ts'
import { occurrenceListRoutes } from './custom-events/occurrence-list-routes.ts'
import { sendRoutes } from './custom-events/send-routes.ts'
import { faultHooks } from './faults/fault-hooks.ts'
import { faultRoutes } from './faults/fault-routes.ts'
import { bodyParsers } from './http/body-parsers.ts'
import { errorReplies } from './http/error-replies.ts'
import { createGuard } from './http/guard.ts'
import type { Guard } from './http/guard.ts'
import { contactInspection } from './inspection/contact-inspection.ts'
import { eventInspection } from './inspection/event-inspection.ts'
import { requestInspection } from './inspection/request-inspection.ts'
import { settingRoutes } from './inspection/setting-routes.ts'
import { authorizeRoutes } from './oauth/authorize-routes.ts'
import { tokenCareRoutes } from './oauth/token-care-routes.ts'
import { tokenRoutes } from './oauth/token-routes.ts'
import { uninstallRoutes } from './oauth/uninstall-routes.ts'
import { v1TokenRoutes } from './oauth/v1-token-routes.ts'
import { assetRoutes } from './pages/asset-routes.ts'
import { contactPageRoutes } from './pages/contact-page-routes.ts'
import { homePageRoutes } from './pages/home-page-routes.ts'
import { eventRoutes } from './timeline/event-routes.ts'
import { templateRoutes } from './timeline/template-routes.ts'
import { templateTokenRoutes } from './timeline/template-token-routes.ts'
import { eventTypeRoutes } from './timeline-v1/event-type-routes.ts'
import { typePropertyRoutes } from './timeline-v1/type-property-routes.ts'
import { v1EventRoutes } from './timeline-v1/v1-event-routes.ts'
import type { World } from './world.ts'

/** Adds one API to the server. A further HubSpot API is one more of these, added to the list below. */
export type Api = (app: FastifyInstance, world: World, guard: Guard) => void

const APIS: readonly Api[] = [
  authorizeRoutes,
  tokenRoutes,
  tokenCareRoutes,
  v1TokenRoutes,
  uninstallRoutes,
  templateRoutes,
  templateTokenRoutes,
  eventRoutes,
  eventTypeRoutes,
  typePropertyRoutes,
  v1EventRoutes,
  appEventTypeRoutes,
  occurrenceRoutes,
  definitionRoutes,
  definitionPropertyRoutes,
  sendRoutes,
  occurrenceListRoutes,
  propertyRoutes,
  contactWriteRoutes,
  accountInfoRoutes,
  accountRoutes,
  faultRoutes,
  settingRoutes,
  eventInspection,
  contactInspection,
  requestInspection,
  homePageRoutes,
  contactPageRoutes,
  assetRoutes,
]

// A batch of 500 events may carry 500 large ones; HubSpot publishes no figure.
const MAX_BODY_BYTES = 10 * 1024 * 1024
// OAuth v1 puts whole tokens into the path.
const MAX_PATH_PART_CHARS = 2000

/** Builds the server without listening. */
export async function buildApp(world: World): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PATH_PART_CHARS },
  })
  bodyParsers(app)
  errorReplies(app, world)
  requestHooks(app, world)
  faultHooks(app, world)
  const guard = createGuard(world)
  for (const api of APIS) api(app, world, guard)
  await app.ready()
  return app
}

// Before the fault hooks, so that a call a fault answers is counted like any other.
function requestHooks(app: FastifyInstance, world: World) {
  app.addHook('onResponse', async (request, reply) => world.requestLog.count(request, reply.statusCode))
}
