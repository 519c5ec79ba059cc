import { createServer } from 'node:http'
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
import type { SiteDirectory } from '../identity/site-directory.ts'
import { createIngestDoor } from './ingest-door.ts'
import type { IngestDoorParts } from './ingest-door.ts'
import { ingestRoutes } from './ingest-routes.ts'
import { installRoutes } from './install-routes.ts'
import type { InstallRouteParts } from './install-routes.ts'
import { receiptKeyRoute, receiptRoutes } from './receipt-routes.ts'
import type { ReceiptRouteParts } from './receipt-routes.ts'
import { snippetRoutes } from './snippet-route.ts'
import type { Snippets } from './snippet-route.ts'

const HTTP_OPTIONS = {
  /** A client that takes longer for its headers, or for all of its request, is cut off: slow ones must not hold every connection. */
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  /** Longer than the idle time of common load balancers, which would otherwise send into a closing connection. */
  keepAliveTimeout: 65_000,
} as const

export interface AppParts {
  /** False: events are not taken here, and the snippet is not served. */
  isIngesting: boolean
  sites: SiteDirectory
  readCaller: CallerReader
  ingest: Pick<IngestDoorParts, 'ingest' | 'waitBeforeSending' | 'onResults' | 'onRefusal'>
  findEvent: EventRouteParts['findEvent']
  waiters: EventRouteParts['waiters']
  issueReceipt: ReceiptRouteParts['issue']
  receiptKeys: () => Promise<{ keys: unknown[] }>
  install: InstallRouteParts
  health: HealthParts
  /** When the last request has been answered. */
  onClose: () => void
  snippets: Snippets
  newId: () => string
  logger: FastifyBaseLogger
}

/** Builds the HTTP interface; whoever wants it to listen does that. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const door = parts.isIngesting ? createIngestDoor({ ...parts, ...parts.ingest }) : undefined
  const app = fastify({
    serverFactory: (listener) => createServer(HTTP_OPTIONS, (request, response) => (door?.isFor(request) ? door.answer(request, response) : listener(request, response))),
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: parts.newId,
    // An address that cannot be decoded fails before any route is found, and would be answered in Fastify's own form.
    frameworkErrors: answerError,
    // While it closes, what still comes in is answered, with `connection: close`. Fastify's own 503 says neither what is wrong nor when to retry.
    return503OnClosing: false,
  })
  app.addHook('preClose', async () => door?.beginClosing())
  app.addHook('onClose', async () => parts.onClose())
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request) => {
    const why = parts.isIngesting ? '' : ': this process only delivers (role deliver)'
    throw new TrackError('NOT_FOUND', `there is nothing at ${request.method} ${request.url.split('?')[0]}${why}`)
  })
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-content-type-options', 'nosniff'))
  acceptJsonOnly(app)
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Trackline', version: '1' } } })
  if (door) {
    ingestRoutes(app, door)
    await app.register((scope) => trackingRoutes(scope, parts))
  }
  await app.register(async (scope) => {
    installRoutes(scope, parts.install)
    healthRoutes(scope, parts.health)
    receiptKeyRoute(scope, parts.receiptKeys)
    if (parts.isIngesting) snippetRoutes(scope, parts.snippets)
    scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  })
  return app
}

/** A plain-text body would reach us from any page without a preflight. */
function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))
}

/** What pages and servers ask; and the preflights, also of what the door answers. */
async function trackingRoutes(app: FastifyInstance, { sites, readCaller, findEvent, waiters, issueReceipt }: AppParts): Promise<void> {
  // Before the plugin answers: it would tell an unlisted origin's preflight that there is nothing here.
  app.addHook('onRequest', async ({ method, headers }) => {
    const { origin } = headers
    if (method === 'OPTIONS' && origin !== undefined && !(await sites.ofOrigin(origin))) throw originNotAllowed(origin)
  })
  await allowListedOrigins(app, sites)
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'OPTIONS') request.setDecorator('caller', await readCaller(request.raw))
  })
  const callerOf = (request: FastifyRequest) => request.getDecorator<Caller>('caller')
  eventRoutes(app, { findEvent, waiters, callerOf })
  receiptRoutes(app, { issue: issueReceipt, callerOf })
}
