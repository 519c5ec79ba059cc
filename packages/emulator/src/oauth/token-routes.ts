import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { readForm } from '../http/body-parsers.ts'
import type { World } from '../world.ts'
import { checkClient, readField } from './client-credentials.ts'
import { secondsLeft } from './grants.ts'
import type { Consent, Grant } from './grants.ts'
import { oauthError } from './oauth-error.ts'

const PATHS = ['/oauth/2026-09/token', '/oauth/2026-03/token', '/oauth/v3/token', '/oauth/v1/token']

/** Whoever authorises an install here is this person. */
export const USER_ID = 1001

/** Exchanges codes and refresh tokens for access tokens. */
export function tokenRoutes(app: FastifyInstance, world: World): void {
  for (const path of PATHS) {
    app.post(path, async (request, reply) => {
      const form = readForm(request)
      const grant = findGrant(world, form)
      return reply.header('cache-control', 'no-store').send(tokenAnswer(world, grant))
    })
  }
}

function findGrant(world: World, form: URLSearchParams): Grant {
  const grantType = readField(form, 'grant_type')
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    throw oauthError('BAD_GRANT_TYPE', `grant_type "${grantType}" is not supported: use authorization_code or refresh_token`)
  }
  checkClient(form)
  return grantType === 'authorization_code' ? redeemCode(world, form) : readRefreshToken(world, form)
}

function redeemCode(world: World, form: URLSearchParams): Grant {
  const redirectUri = readField(form, 'redirect_uri')
  const consent = world.grants.redeemCode(readField(form, 'code'))
  if (consent === undefined)
    throw oauthError('BAD_AUTH_CODE', 'missing or unknown auth code: it is used up, expired or was never issued')
  if (consent.redirectUri !== redirectUri) {
    throw oauthError('BAD_REDIRECT_URI', `redirect_uri "${redirectUri}" is not the one the code was issued for`)
  }
  checkVerifier(consent, form.get('code_verifier') ?? undefined)
  return world.grants.openGrant(consent.portalId, consent.scopes)
}

function checkVerifier({ codeChallenge }: Consent, verifier: string | undefined) {
  if (codeChallenge === undefined && verifier === undefined) return
  // A verifier without a challenge means the challenge was stripped on the way: RFC 9700, section 4.8.2.
  if (codeChallenge === undefined)
    throw oauthError('BAD_AUTH_CODE', 'code_verifier was sent, but the code was issued without a code_challenge')
  if (verifier === undefined)
    throw oauthError('BAD_AUTH_CODE', 'code_verifier is missing, and the code was issued with a code_challenge')
  if (createHash('sha256').update(verifier).digest('base64url') === codeChallenge) return
  throw oauthError('BAD_AUTH_CODE', 'code_verifier does not match the code_challenge')
}

function readRefreshToken(world: World, form: URLSearchParams): Grant {
  const grant = world.grants.findRefresh(readField(form, 'refresh_token'))
  if (grant === undefined) throw oauthError('BAD_REFRESH_TOKEN', 'missing or unknown refresh token')
  return world.grants.renewGrant(grant)
}

function tokenAnswer(world: World, grant: Grant) {
  const access = world.grants.issueAccess(grant)
  return {
    token_type: 'bearer',
    token_use: 'access_token',
    access_token: access.token,
    refresh_token: grant.refreshToken,
    expires_in: secondsLeft(access, world.now()),
    hub_id: grant.portalId,
    user_id: USER_ID,
    scopes: grant.scopes,
  }
}
