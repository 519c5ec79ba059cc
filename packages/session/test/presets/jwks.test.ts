import { describe, expect, it } from 'vitest'
import { jwks, verifySession } from '../../src/index.ts'
import { forgeToken } from '../support/forge-token.ts'
import { after, ISSUER } from '../support/moment.ts'
import { serveKeys } from '../support/serve-keys.ts'
import { ecSigner } from '../support/signers.ts'

const URL_OF_KEYS = 'https://id.example.com/jwks.json'

describe('jwks', () => {
  it('shows what it checks, without the query of the address', () => {
    expect(jwks({ url: `${URL_OF_KEYS}?key=CANARY`, issuer: ISSUER })).toMatchObject({
      name: 'jwks',
      keySource: URL_OF_KEYS,
      issuers: [ISSUER],
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      audience: undefined,
      cookie: undefined,
    })
  })

  it.each(['http://localhost:3000/keys', 'http://127.0.0.1/keys', 'http://127.1/keys', 'http://[::1]:8080/keys'])(
    'takes %s, which does not leave the machine',
    (url) => {
      expect(jwks({ url, issuer: ISSUER }).name).toBe('jwks')
    },
  )

  it.each([
    'http://id.example.com/jwks.json',
    'http://localhost.example.com/keys',
    'http://127.0.0.1.example.com/keys',
    'http://0.0.0.0/keys',
    'ftp://id.example.com/keys',
    'file:///etc/keys.json',
    'data:application/json,{}',
    'https://user:CANARY@id.example.com/keys',
    '/jwks.json',
    '',
  ])('refuses the address %s', (url) => {
    const attempt = () => jwks({ url, issuer: ISSUER })
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow('`url` must be an https address')
    expect(attempt).not.toThrow('CANARY')
  })

  it.each([
    ['no issuer', { url: URL_OF_KEYS }, '`issuer` must be'],
    ['no address', { issuer: ISSUER }, '`url` must be'],
    ['HS256', { url: URL_OF_KEYS, issuer: ISSUER, algorithms: ['HS256'] }, '`algorithms` must be'],
    ['HS256 among others', { url: URL_OF_KEYS, issuer: ISSUER, algorithms: ['RS256', 'HS256'] }, '`algorithms` must be'],
    ['no algorithm', { url: URL_OF_KEYS, issuer: ISSUER, algorithms: [] }, '`algorithms` must be'],
    ['a fetch that is none', { url: URL_OF_KEYS, issuer: ISSUER, fetch: 'fetch' }, '`fetch` must be a function'],
    ['a secret', { url: URL_OF_KEYS, issuer: ISSUER, secret: 's'.repeat(32) }, "'secret' is not an option"],
  ])('refuses %s', (_, options, message) => {
    // A caller without types can pass anything.
    const attempt = () => jwks(options as never)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(message)
  })

  it('loads through the given fetch', async () => {
    const signer = ecSigner()
    await using server = await serveKeys([signer.publicJwk])
    const asked: string[] = []
    const preset = jwks({
      url: URL_OF_KEYS,
      issuer: ISSUER,
      fetch: (input, init) => {
        asked.push(String(input))
        return fetch(server.url, init)
      },
    })
    await expect(verifySession(forgeToken(signer), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    expect(asked).toEqual([URL_OF_KEYS])
  })
})
