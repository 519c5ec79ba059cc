import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { introspect, jwks, oidc } from '@trackline/session'
import type { SessionPreset } from '@trackline/session'
import type { SiteFinder } from '../../src/config.ts'
import { ISSUER, startProvider } from '../stage/identity-provider.ts'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'
import type { Stack } from '../stage/start-stack.ts'
import { serveTokens } from '../../../session/test/support/serve-tokens.ts'

const LOGIN = { event: 'login', properties: { method: 'sso' } }
const now = () => new Date()
const originOf = (name: string) => `https://${name}.example.com`

/** Customers who wrote these presets into their rows. */
function finderOf(presets: Record<string, SessionPreset>): SiteFinder {
  return (asked, by) => {
    const name = Object.keys(presets).find((each) => asked === (by === 'name' ? each : originOf(each)))
    const session = name === undefined ? undefined : presets[name]
    return name === undefined || session === undefined ? undefined : { name, origins: [originOf(name)], session, portal: 1 }
  }
}

describe('the addresses that customers write into their rows', async () => {
  const provider = await startProvider(now)
  const inside = await serveTokens(() => Buffer.from('{"active":true,"sub":"ada"}'))
  const secure = (url: string) => url.replace('http:', 'https:')
  const presets = {
    // What the address leads to is a question of the name, too: nobody on the internet is called localhost.
    loopback: jwks({ url: provider.url, issuer: ISSUER }),
    'loopback-by-name': jwks({ url: secure(provider.url).replace('127.0.0.1', 'localhost'), issuer: ISSUER }),
    private: jwks({ url: 'https://10.0.0.1/jwks.json', issuer: ISSUER }),
    metadata: jwks({ url: 'https://169.254.169.254/jwks.json', issuer: ISSUER }),
    discovery: oidc({ issuer: secure(new URL(inside.server.url).origin), audience: 'trackline' }),
    endpoint: introspect({ url: inside.server.url }),
  }
  const sites = finderOf(presets)
  afterAll(() => Promise.all([provider.close(), inside.server.close()]))

  describe('where the service is public', () => {
    let stack: Stack
    beforeAll(async () => void (stack = await startStack({ config: { sites }, isConnected: false, world: { now } })))
    afterAll(() => stack.close())

    it.each(Object.keys(presets))('%s: are not asked when they lead inside, and nobody is let in', async (name) => {
      const asked = [provider.state.fetchedAt.length, inside.server.hits]
      const reply = await stack.track(LOGIN, { token: await provider.token(), headers: { origin: originOf(name) } })
      expectProblem(reply, 'SESSION_KEYS_UNAVAILABLE')
      expect([provider.state.fetchedAt.length, inside.server.hits]).toEqual(asked)
      expect(stack.logged()).toMatch(/is not asked: it (is|leads)|only https is asked/)
      expect(reply.text).not.toMatch(/not asked|127\.0|169\.254|10\.0/)
    })
  })

  describe('where the service itself is on loopback, to be tried out', () => {
    let stack: Stack
    beforeAll(async () => void (stack = await startStack({ config: { sites, publicUrl: 'http://127.0.0.1:4400' }, isConnected: false, world: { now } })))
    afterAll(() => stack.close())

    it('loopback is asked, by http too', async () => {
      for (const name of ['loopback', 'endpoint']) {
        expect((await stack.track(LOGIN, { token: await provider.token(), headers: { origin: originOf(name) } })).status, name).toBe(202)
      }
    })

    it.each(['private', 'metadata'])('%s: is not', async (name) => {
      expectProblem(await stack.track(LOGIN, { token: await provider.token(), headers: { origin: originOf(name) } }), 'SESSION_KEYS_UNAVAILABLE')
    })
  })
})
