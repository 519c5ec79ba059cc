import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { DEVELOPER_APP } from '../developer-app.ts'
import type { World } from '../world.ts'
import {
  expiredAuthentication,
  HubSpotError,
  invalidAuthentication,
  missingScopes,
  notFound,
  rateLimited,
} from './hubspot-error.ts'
import { RATE_LIMIT_INTERVAL_MS } from './rate-limit.ts'

export type Guard = ReturnType<typeof createGuard>

const DEVELOPER_KEY_BUCKET = 'developer-key'

/** Decides who may call what. Each door is an `onRequest` hook, so a refusal comes before the body is read. */
export function createGuard(world: World) {
  const portals = new WeakMap<FastifyRequest, number>()

  async function passBearer(request: FastifyRequest, reply: FastifyReply, scopes: readonly string[]) {
    const token = liveToken(world, request.headers.authorization)
    takeCall(world, reply, `portal-${token.portalId}`)
    if (scopes.length > 0 && !scopes.some((scope) => token.scopes.includes(scope))) throw missingScopes(scopes)
    portals.set(request, token.portalId)
  }

  return {
    /** Lets a live OAuth token pass that has at least one of the scopes; with no scopes named, any live token. */
    bearer:
      (scopes: readonly string[]): onRequestAsyncHookHandler =>
      (request, reply) =>
        passBearer(request, reply, scopes),

    /** Lets the developer key (`?hapikey=`) pass, or an OAuth token with one of the scopes, for the app in the path. */
    developer:
      (scopes: readonly string[]): onRequestAsyncHookHandler =>
      async (request, reply) => {
        const key = hapikey(request)
        if (key === undefined) await passBearer(request, reply, scopes)
        else passDeveloperKey(world, reply, key)
        requireOwnApp(request)
      },

    /** The account whose token passed. */
    portalOf(request: FastifyRequest): number {
      const portalId = portals.get(request)
      if (portalId === undefined) throw invalidAuthentication()
      return portalId
    },
  }
}

function liveToken(world: World, header: string | undefined) {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1]
  if (token === undefined) throw invalidAuthentication()
  const access = world.grants.findAccess(token)
  if (access === undefined) throw expiredAuthentication(new Date(0), world.now())
  if (access.isRevoked) throw invalidAuthentication()
  if (access.expiresAt <= world.now()) throw expiredAuthentication(access.expiresAt, world.now())
  return access
}

function passDeveloperKey(world: World, reply: FastifyReply, key: string) {
  if (key !== DEVELOPER_APP.developerKey) {
    throw new HubSpotError(401, 'The API key provided is invalid. View or manage your API key in the developer account.', {
      body: { category: 'INVALID_AUTHENTICATION' },
    })
  }
  takeCall(world, reply, DEVELOPER_KEY_BUCKET)
}

function takeCall(world: World, reply: FastifyReply, bucket: string) {
  const allowance = world.rateLimit.take(bucket)
  if (allowance === undefined) return
  reply.header('X-HubSpot-RateLimit-Interval-Milliseconds', RATE_LIMIT_INTERVAL_MS)
  reply.header('X-HubSpot-RateLimit-Max', allowance.max)
  reply.header('X-HubSpot-RateLimit-Remaining', allowance.remaining)
  if (allowance.isRefused) throw rateLimited()
}

function hapikey(request: FastifyRequest): string | undefined {
  const key = new URL(request.url, 'http://emulator').searchParams.get('hapikey')
  return key ?? undefined
}

function requireOwnApp(request: FastifyRequest) {
  // True because every route behind this door has no parameters or string ones.
  const { appId } = request.params as { appId?: string }
  if (appId === undefined || appId === String(DEVELOPER_APP.id)) return
  throw notFound(`App ${appId} does not exist in this developer account: use app id ${DEVELOPER_APP.id}`)
}
