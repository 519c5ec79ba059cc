import { describe, expect, it } from 'vitest'
import { jwks, oidc, sharedKeySets, verifySession } from '../../src/index.ts'
import type { KeyStore } from '../../src/index.ts'
import { forgeToken, goodClaims, withHeader } from '../support/forge-token.ts'
import { after, AUDIENCE, ISSUER, NOW } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { reply, serveKeys } from '../support/serve-keys.ts'
import { ecSigner } from '../support/signers.ts'

const signer = ecSigner('first')
const token = forgeToken(signer)

describe('key sets that presets share', () => {
  it('are loaded once for all presets of an address, and stand there to be described', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const keySets = sharedKeySets()
    for (let made = 0; made < 5; made += 1) {
      await verifySession(token, jwks({ url: server.url, issuer: ISSUER }), { now: after(0), keySets })
    }
    expect(server.hits).toBe(1)
    expect(keySets.describe(NOW)).toMatchObject([{ address: server.url, ageSeconds: 0, keyCount: 1 }])
  })

  it('keep one schedule: unknown key ids at presets that are made anew cause one load per 30 s', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const keySets = sharedKeySets()
    for (let made = 0; made < 50; made += 1) {
      const attempt = verifySession(withHeader(signer, { kid: `${made}` }), jwks({ url: server.url, issuer: ISSUER }), { now: after(made / 2), keySets })
      expect((await refusalOf(attempt)).reason).toBe('unknown_kid')
    }
    expect(server.hits).toBe(1)
  })

  it('are not one where the query or the algorithms differ, in memory and in the store', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const keySets = sharedKeySets()
    const texts = new Map<string, string>()
    const keyStore: KeyStore = { read: async (name) => texts.get(name), write: async (name, text) => void texts.set(name, text) }
    const options = [{ url: `${server.url}?tenant=a` }, { url: `${server.url}?tenant=b` }, { url: server.url, algorithms: ['ES256'] as const }]
    for (const each of options) await verifySession(token, jwks({ ...each, issuer: ISSUER }), { now: after(0), keySets, keyStore })
    expect(server.hits).toBe(3)
    await expect.poll(() => texts.size).toBe(3)
    expect([...texts.keys()].join()).not.toContain('tenant')
  })

  it('are not one where discovery is to name another issuer: what one of them cannot load, the other loads', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const keySets = sharedKeySets()
    const issuer = new URL(server.url).origin
    const document = reply(200, JSON.stringify({ issuer, jwks_uri: server.url }))
    const keys = server.answer
    server.answer = (request, response) => (request.url === '/jwks.json' ? keys : document)(request, response)
    const sessionOf = (named: string) => {
      const token = forgeToken(signer, { payload: { ...goodClaims(), iss: named } })
      return verifySession(token, oidc({ issuer: named, audience: AUDIENCE }), { now: after(0), keySets })
    }
    expect((await refusalOf(sessionOf(`${issuer}/`))).reason).toBe('keys_unavailable')
    await expect(sessionOf(issuer)).resolves.toMatchObject({ issuer })
  })

  it.each([[{}], [42]])('%j is no such place: a TypeError', async (keySets) => {
    // A caller without types can pass anything.
    await expect(verifySession(token, jwks({ url: 'https://id.example.com/jwks', issuer: ISSUER }), { keySets: keySets as never })).rejects.toThrow('`keySets` must be')
  })
})
