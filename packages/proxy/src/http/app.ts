import swagger from '@fastify/swagger'
import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import { TrackError } from '../errors.ts'
import { originNotAllowed } from './caller.ts'
import type { Caller, CallerReader } from './caller.ts'
import { allowListedOrigins } from './cors.ts'
import { answerError } from './error-handler.ts'
import { eventRoutes } from './event-routes.ts'
import type { EventRouteParts } from './event-routes.ts'
import { healthRoutes } from './health-routes.ts'
import type { HealthParts } from './health-routes.ts'
import { ingestRoutes } from './ingest-routes.ts'
import type { IngestRouteParts } from './ingest-routes.ts'
import type { SiteDirectory } from '../identity/site-directory.ts'
import { installRoutes } from './install-routes.ts'
import type { InstallRouteParts } from './install-routes.ts'
import { snippetRoute } from './snippet-route.ts'

/** A client that takes longer for its headers, or for all of its request, is cut off: slow ones must not hold every connection. */
const HEADERS_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 10_000
const CHECK_CONNECTIONS_EVERY_MS = 1_000
/** Longer than the idle time of common load balancers, which would otherwise send into a closing connection. */
const KEEP_ALIVE_MS = 65_000

export interface AppParts {
  /** False: events are not taken here, and the snippet is not served. */
  isIngesting: boolean
  sites: SiteDirectory
  readCaller: CallerReader
  ingest: Omit<IngestRouteParts, 'callerOf'>
  findEvent: EventRouteParts['findEvent']
  install: InstallRouteParts
  health: HealthParts
  /** The built snippet. */
  script: string
  newId: () => string
  logger: FastifyBaseLogger
}

/** Builds the HTTP interface; whoever wants it to listen does that. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: parts.newId,
    // An address that cannot be decoded fails before any route is found, and would be answered in Fastify's own form.
    frameworkErrors: answerError,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MS },
  })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request) => {
    throw new TrackError('NOT_FOUND', `there is nothing at ${request.method} ${request.url.split('?')[0]}`)
  })
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-content-type-options', 'nosniff'))
  acceptJsonOnly(app)
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Trackline', version: '1' } } })
  if (parts.isIngesting) await app.register((scope) => trackingRoutes(scope, parts))
  await app.register(async (scope) => {
    installRoutes(scope, parts.install)
    healthRoutes(scope, parts.health)
    if (parts.isIngesting) snippetRoute(scope, parts.script)
    scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  })
  return app
}

/** A plain-text body would reach us from any page without a preflight. */
function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))
}

/** What pages and servers call: the caller is proved before the body is read. */
async function trackingRoutes(app: FastifyInstance, { sites, readCaller, ingest, findEvent }: AppParts): Promise<void> {
  // Before the plugin answers: it would tell an unlisted origin's preflight that there is nothing here.
  app.addHook('onRequest', async ({ method, headers }) => {
    const { origin } = headers
    if (method === 'OPTIONS' && origin !== undefined && !(await sites.ofOrigin(origin))) throw originNotAllowed(origin)
  })
  await allowListedOrigins(app, sites)
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    if (request.method === 'OPTIONS') return
    if (request.headers['content-encoding'] !== undefined) throw new TrackError('CONTENT_TYPE_UNSUPPORTED', 'compressed bodies are not taken')
    request.setDecorator('caller', await readCaller(request))
  })
  const callerOf = (request: FastifyRequest) => request.getDecorator<Caller>('caller')

  ingestRoutes(app, { ...ingest, callerOf })
  eventRoutes(app, { findEvent, callerOf })
}
