import type { FastifyInstance } from 'fastify'
import { accountDomain, DEVELOPER_APP } from '../developer-app.ts'
import { readForm } from '../http/body-parsers.ts'
import type { World } from '../world.ts'
import { checkClient, readField } from './client-credentials.ts'
import { secondsLeft } from './grants.ts'
import type { AccessToken, Grant } from './grants.ts'
import { USER_ID } from './token-routes.ts'

const VERSIONS = ['2026-09', '2026-03', 'v3']

/** Says what a token is worth, and ends one. Both need the app's own credentials in the form. */
export function tokenCareRoutes(app: FastifyInstance, world: World): void {
  for (const version of VERSIONS) {
    app.post(`/oauth/${version}/token/introspect`, async (request) => {
      const form = readForm(request)
      checkClient(form)
      return introspect(world, readField(form, 'token'))
    })

    // An unknown token is answered like a known one, as RFC 7009 asks.
    app.post(`/oauth/${version}/token/revoke`, async (request, reply) => {
      const form = readForm(request)
      checkClient(form)
      world.grants.revoke(readField(form, 'token'))
      return reply.code(204).send()
    })
  }
}

function introspect(world: World, token: string) {
  const access = world.grants.findAccess(token)
  const grant = world.grants.findRefresh(token)
  if (grant) return { ...describeHolder(grant), token, token_use: 'refresh_token' }
  if (access === undefined || access.isRevoked || access.expiresAt <= world.now()) return { active: false }
  return { ...describeHolder(access), token, token_use: 'access_token', expires_in: secondsLeft(access, world.now()) }
}

function describeHolder({ portalId, scopes }: Grant | AccessToken) {
  return {
    active: true,
    token_type: 'bearer',
    app_id: DEVELOPER_APP.id,
    client_id: DEVELOPER_APP.clientId,
    hub_id: portalId,
    hub_domain: accountDomain(portalId),
    user_id: USER_ID,
    scopes,
    is_private_distribution: false,
  }
}
