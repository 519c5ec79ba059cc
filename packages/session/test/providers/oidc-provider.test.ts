import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import type { JWKS } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oidc, verifySession } from '../../src/index.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { rsaSigner } from '../support/signers.ts'

const API = 'https://api.example.com'
const key = rsaSigner()
const CLIENT = { client_id: 'spa', client_secret: 'CANARY', redirect_uris: ['https://app.example.com/cb'] }

describe('a certified OpenID provider (oidc-provider), over HTTP', () => {
  const server = createServer((request, response) => void provider.callback()(request, response))
  let issuer: string
  let provider: Provider

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // An address, not a path: it listens on a port.
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const jwks = { keys: [{ ...key.privateJwk, kid: key.kid, use: 'sig' }] } as JWKS
    provider = new Provider(issuer, { clients: [CLIENT], jwks, features: { devInteractions: { enabled: false } }, ttl: { Grant: 600, AccessToken: 600 } })
  })
  afterAll(() => new Promise<void>((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  }))

  async function accessToken(audience: string): Promise<string> {
    const client = await provider.Client.find('spa')
    if (!client) throw new Error('the client is configured above')
    const grant = new provider.Grant({ accountId: 'ada', clientId: 'spa' })
    grant.addResourceScope(audience, 'events')
    const grantId = await grant.save()
    const token = new provider.AccessToken({ accountId: 'ada', client, grantId, gty: 'authorization_code', scope: 'events', expiresWithSession: false } as never)
    token.resourceServer = new provider.ResourceServer(audience, { scope: 'events', audience, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'RS256' } } })
    return token.save()
  }

  it('its access tokens for our API are accepted, with keys found through its discovery document', async () => {
    const preset = oidc({ issuer, audience: API, clientId: 'spa', types: ['at+jwt'] })
    const session = await verifySession(await accessToken(API), preset)
    expect(session).toMatchObject({ subject: 'ada', issuer })
    expect(session.expiresAt.getTime()).toBeGreaterThan(Date.now())
  })

  it('those for another API, for another app, or of another type are not', async () => {
    const refusal = async (token: string, changes: object) =>
      (await refusalOf(verifySession(token, oidc({ issuer, audience: API, clientId: 'spa', types: ['at+jwt'], ...changes })))).reason
    expect(await refusal(await accessToken('https://other.example.com'), {})).toBe('audience_mismatch')
    expect(await refusal(await accessToken(API), { clientId: 'other' })).toBe('party_mismatch')
    expect(await refusal(await accessToken(API), { types: ['JWT'] })).toBe('typ_not_allowed')
  })
})
