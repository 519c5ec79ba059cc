import type { ServerResponse } from 'node:http'
import { json, serveOnLoopback } from './serve-on-loopback.ts'
import type { Asked } from './serve-on-loopback.ts'

/** A refusal to answer with instead of the usual, once: a status and its headers. */
export interface Fault {
  status: number
  headers?: Record<string, string>
}

/** People by id, as each API tells of them. */
const CLERK_USERS: Record<string, unknown> = {
  user_ada: {
    id: 'user_ada',
    object: 'user',
    primary_email_address_id: 'idn_2',
    email_addresses: [
      { id: 'idn_1', email_address: 'old@example.com', verification: { status: 'verified', strategy: 'email_code' } },
      { id: 'idn_2', email_address: 'Ada@Example.com', verification: { status: 'verified', strategy: 'email_code' } },
    ],
  },
  user_new: {
    id: 'user_new',
    primary_email_address_id: 'idn_3',
    email_addresses: [{ id: 'idn_3', email_address: 'new@example.com', verification: { status: 'unverified' } }],
  },
  user_phone: { id: 'user_phone', primary_email_address_id: null, email_addresses: [] },
}
const WORKOS_USERS: Record<string, unknown> = {
  user_01ADA: { object: 'user', id: 'user_01ADA', email: 'ada@example.com', email_verified: true, first_name: 'Ada' },
}
const AUTH0_USERS: Record<string, unknown> = { 'auth0|ada': { email: 'ada@example.com', email_verified: true } }

type Simulated = (asked: Asked, response: ServerResponse) => void

/** Serves an API on loopback; `faults` go first, one for each request. */
async function simulate(answer: Simulated) {
  const faults: Fault[] = []
  const server = await serveOnLoopback((asked, response) => {
    const fault = faults.shift()
    if (fault) json(response, { message: 'Too Many Requests' }, fault.status, fault.headers)
    else answer(asked, response)
  })
  return { ...server, faults }
}

const found = (response: ServerResponse, user: unknown, missing: unknown) => (user ? json(response, user) : json(response, missing, 404))

/** Clerk's Backend API. @see https://clerk.com/docs/reference/backend-api */
export const simulateClerk = (secretKey = 'sk_test_1') =>
  simulate(({ path, headers }, response) => {
    if (headers.authorization !== `Bearer ${secretKey}`) return json(response, { errors: [{ code: 'clerk_key_invalid' }] }, 401)
    found(response, CLERK_USERS[path.replace('/v1/users/', '')], { errors: [{ code: 'resource_not_found' }] })
  })

/** WorkOS' user management. @see https://workos.com/docs/reference/authkit/user */
export const simulateWorkos = (apiKey = 'sk_1') =>
  simulate(({ path, headers }, response) => {
    if (headers.authorization !== `Bearer ${apiKey}`) return json(response, { message: 'Unauthorized' }, 401)
    found(response, WORKOS_USERS[path.replace('/user_management/users/', '')], { code: 'entity_not_found' })
  })

/** Auth0's Management API and the endpoint that grants its tokens. @see https://auth0.com/docs/api/management/v2 */
export async function simulateAuth0() {
  const granted: string[] = []
  const simulated = await simulate(({ method, path, headers, body }, response) => {
    if (method === 'POST' && path === '/oauth/token') {
      const { grant_type, client_id, client_secret, audience } = JSON.parse(body)
      const isKnown = grant_type === 'client_credentials' && client_id === 'm2m' && client_secret === 'hush' && audience === 'https://acme.eu.auth0.com/api/v2/'
      if (!isKnown) return json(response, { error: 'access_denied' }, 401)
      granted.push(`token ${granted.length + 1}`)
      return json(response, { access_token: granted.at(-1), token_type: 'Bearer', expires_in: 86_400 })
    }
    if (headers.authorization !== `Bearer ${granted.at(-1)}`) return json(response, { statusCode: 401, error: 'Unauthorized' }, 401)
    const id = decodeURIComponent(/^\/api\/v2\/users\/([^?]+)\?fields=email,email_verified/.exec(path)?.[1] ?? '')
    found(response, AUTH0_USERS[id], { statusCode: 404, error: 'Not Found' })
  })
  return { ...simulated, granted, revoke: () => granted.push('nobody has this one') }
}

/** An OpenID Connect provider's discovery and userinfo: who holds the token is who it says. */
export async function simulateOidc(people: Record<string, object>, tokens: Record<string, string>) {
  const simulated = await simulate(({ path, headers }, response) => {
    const issuer = `http://${headers.host}`
    if (path === '/.well-known/openid-configuration') return json(response, { issuer, userinfo_endpoint: `${issuer}/userinfo` })
    if (path !== '/userinfo') return json(response, {}, 404)
    const sub = tokens[headers.authorization?.replace('Bearer ', '') ?? '']
    if (sub === undefined) return json(response, { error: 'invalid_token' }, 401, { 'www-authenticate': 'Bearer error="invalid_token"' })
    json(response, { sub, ...people[sub] })
  })
  return simulated
}
