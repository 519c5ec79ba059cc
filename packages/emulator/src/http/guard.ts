import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { DEVELOPER_APP } from '../developer-app.ts'
import type { AccessToken } from '../oauth/grants.ts'
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

/** The account whose calls a bucket counts; the developer key's belongs to none. */
export function portalOfBucket(bucket: string): number {
  return Number(bucket.replace('portal-', '')) || 0
}

type BearerRules = { scopes: readonly string[]; isOAuthOnly: boolean }

/** Decides who may call what. Each door is an `onRequest` hook, so a refusal comes before the body is read. */
export function createGuard(world: World) {
  const portals = new WeakMap<FastifyRequest, number>()

  async function passBearer(request: FastifyRequest, reply: FastifyReply, { scopes, isOAuthOnly }: BearerRules) {
    const token = liveToken(world, request.headers.authorization)
    if (isOAuthOnly && token.kind !== 'oauth') throw invalidAuthentication()
    takeCall(world, reply, { bucket: `portal-${token.portalId}`, isPrivateApp: token.kind === 'private-app' })
    if (scopes.length > 0 && !scopes.some((scope) => token.scopes.includes(scope))) throw missingScopes(scopes)
    requireOwnApp(request)
    portals.set(request, token.portalId)
  }

  return {
    /** Lets a live token pass, of OAuth or a private app, that has at least one of the scopes; with no scopes named, any. */
    bearer:
      (scopes: readonly string[]): onRequestAsyncHookHandler =>
      (request, reply) =>
        passBearer(request, reply, { scopes, isOAuthOnly: false }),

    /** The same for what private apps may not do: write and read events of an app. */
    oauth:
      (scopes: readonly string[]): onRequestAsyncHookHandler =>
      (request, reply) =>
        passBearer(request, reply, { scopes, isOAuthOnly: true }),

    /** Lets the developer key (`?hapikey=`) pass, or an OAuth token with one of the scopes, for the app in the path. */
    developer:
      (scopes: readonly string[]): onRequestAsyncHookHandler =>
      async (request, reply) => {
        const key = hapikey(request)
        if (key === undefined) await passBearer(request, reply, { scopes, isOAuthOnly: true })
        else passDeveloperKey(world, request, { reply, key })
      },

    /** Lets nothing but the developer key pass, for the app in the path. */
    developerKey: (): onRequestAsyncHookHandler => async (request, reply) => {
      const key = hapikey(request)
      if (key === undefined) throw invalidAuthentication('This API supports developer API keys: send yours as ?hapikey=')
      passDeveloperKey(world, request, { reply, key })
    },

    /** The account whose token passed. */
    portalOf(request: FastifyRequest): number {
      const portalId = portals.get(request)
      if (portalId === undefined) throw invalidAuthentication()
      return portalId
    },
  }
}

function liveToken(world: World, header: string | undefined): AccessToken {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1]
  if (token === undefined) throw invalidAuthentication()
  const access = world.grants.findAccess(token)
  if (access === undefined) throw expiredAuthentication(new Date(0), world.now())
  if (access.isRevoked) throw invalidAuthentication()
  if (access.expiresAt <= world.now()) throw expiredAuthentication(access.expiresAt, world.now())
  return access
}

function passDeveloperKey(world: World, request: FastifyRequest, { reply, key }: { reply: FastifyReply; key: string }) {
  if (key !== DEVELOPER_APP.developerKey) {
    throw new HubSpotError(401, 'The API key provided is invalid. View or manage your API key in the developer account.', {
      body: { category: 'INVALID_AUTHENTICATION' },
    })
  }
  takeCall(world, reply, { bucket: DEVELOPER_KEY_BUCKET, isPrivateApp: false })
  requireOwnApp(request)
}

// The day's allowance first: a call that it refuses must not use up the window's.
function takeCall(world: World, reply: FastifyReply, { bucket, isPrivateApp }: { bucket: string; isPrivateApp: boolean }) {
  const day = world.dailyLimit.look(bucket)
  const rolling = day?.isRefused ? undefined : world.rateLimit.take(bucket)
  if (rolling) {
    reply.header('X-HubSpot-RateLimit-Interval-Milliseconds', RATE_LIMIT_INTERVAL_MS)
    reply.header('X-HubSpot-RateLimit-Max', rolling.max)
    reply.header('X-HubSpot-RateLimit-Remaining', rolling.remaining)
  }
  const isTaken = !day?.isRefused && !rolling?.isRefused
  if (isTaken) world.dailyLimit.count(bucket)
  // HubSpot tells private apps only how much of the day is left.
  if (day && isPrivateApp) {
    reply.header('X-HubSpot-RateLimit-Daily', day.max)
    reply.header('X-HubSpot-RateLimit-Daily-Remaining', isTaken ? day.remaining - 1 : day.remaining)
  }
  if (!isTaken) throw rateLimited(day?.isRefused ? 'DAILY' : undefined)
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
