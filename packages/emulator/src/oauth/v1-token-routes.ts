import type { FastifyInstance } from 'fastify'
import { accountDomain, DEVELOPER_APP } from '../developer-app.ts'
import { notFound } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'
import { secondsLeft } from './grants.ts'
import { USER_ID } from './token-routes.ts'

type WithToken = { Params: { token: string } }

const USER = 'demo@trackline.example'

/** OAuth v1's look-ups, which take the token in the path and no credentials. */
export function v1TokenRoutes(app: FastifyInstance, world: World): void {
  app.get<WithToken>('/oauth/v1/access-tokens/:token', async (request) => {
    const access = world.grants.findAccess(request.params.token)
    if (access === undefined || access.isRevoked || access.expiresAt <= world.now())
      throw notFound('The access token is unknown or expired')
    const { token, portalId, scopes } = access
    return {
      ...holder(portalId),
      token,
      scopes,
      token_type: 'access',
      app_id: DEVELOPER_APP.id,
      expires_in: secondsLeft(access, world.now()),
    }
  })

  app.get<WithToken>('/oauth/v1/refresh-tokens/:token', async (request) => {
    const { refreshToken, portalId, scopes } = liveGrant(world, request.params.token)
    return { ...holder(portalId), token: refreshToken, scopes, token_type: 'refresh', client_id: DEVELOPER_APP.clientId }
  })

  // Access tokens that are already out keep working until they expire.
  app.delete<WithToken>('/oauth/v1/refresh-tokens/:token', async (request, reply) => {
    world.grants.revoke(liveGrant(world, request.params.token).refreshToken)
    return reply.code(204).send()
  })
}

function liveGrant(world: World, token: string) {
  const grant = world.grants.findRefresh(token)
  if (grant === undefined) throw notFound('The refresh token is unknown or revoked')
  return grant
}

function holder(portalId: number) {
  return { hub_id: portalId, hub_domain: accountDomain(portalId), user_id: USER_ID, user: USER }
}
