import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sharedSecret, verifySession } from '../../src/index.ts'
import { forgeToken } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { secretSigner } from '../support/signers.ts'

const CANARY = 'CANARY_secret_0123456789abcdefghijklmnopqrstuv'

describe('sharedSecret', () => {
  it('shows what it checks, and no secret, however it is printed', () => {
    const checks = { issuer: 'our-app', audience: 'site-1', cookie: 'session', maxLifetimeSeconds: 600 }
    const preset = sharedSecret({ secret: CANARY, ...checks })
    expect(preset).toMatchObject({
      name: 'sharedSecret',
      keySource: 'a shared secret',
      issuers: ['our-app'],
      audience: 'site-1',
      algorithms: ['HS256'],
      types: ['JWT'],
      cookie: 'session',
      emailPath: ['email'],
      maxLifetimeSeconds: 600,
    })
    expect(JSON.stringify(preset) + inspect(preset, { depth: null, showHidden: true })).not.toContain('CANARY')
  })

  it('takes 32 bytes, as bytes or as UTF-8 text', async () => {
    const text = 'é'.repeat(16)
    const token = forgeToken(secretSigner(text))
    for (const secret of [text, new TextEncoder().encode(text)]) {
      await expect(verifySession(token, sharedSecret({ secret }), { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    }
  })

  it('keeps its own copy of a secret that is wiped afterwards', async () => {
    const signer = secretSigner('w'.repeat(32))
    const secret = new TextEncoder().encode(signer.secret)
    const preset = sharedSecret({ secret })
    secret.fill(0)
    await expect(verifySession(forgeToken(signer), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it.each([
    ['a short secret', { secret: 'CANARY' }, '`secret` must be a string or Uint8Array of at least 32 bytes'],
    ['31 bytes', { secret: new Uint8Array(31) }, 'got 31 bytes'],
    ['no secret', {}, '`secret` must be'],
    ['an unset secret', { secret: undefined }, 'got undefined'],
    ['a secret of another kind', { secret: 42 }, 'got a number'],
    ['an unset issuer, which would accept any', { secret: CANARY, issuer: undefined }, '`issuer` must be'],
    ['an unset audience, which would accept any', { secret: CANARY, audience: undefined }, '`audience` must be'],
    ['an empty issuer', { secret: CANARY, issuer: '' }, "got ''"],
    ['an audience with a blank at its end', { secret: CANARY, audience: 'site-1 ' }, "got 'site-1 '"],
    [
      'a misspelt option',
      { secret: CANARY, audiance: 'site-1' },
      "'audiance' is not an option; the options are issuer, audience",
    ],
    ['an empty email path', { secret: CANARY, email: [] }, '`email` must be a list of 1 to 8 names'],
    ['an email path as text', { secret: CANARY, email: 'email' }, "got 'email'"],
    ['a cookie name with a blank', { secret: CANARY, cookie: 'my session' }, '`cookie` must be the name of a cookie'],
    ['an unknown type', { secret: CANARY, types: ['logout+jwt'] }, '`types` must be a list of'],
    [
      'no lifetime',
      { secret: CANARY, maxLifetimeSeconds: 0 },
      '`maxLifetimeSeconds` must be a number of seconds, at least 1, got 0',
    ],
    ['algorithms, which it fixes itself', { secret: CANARY, algorithms: ['RS256'] }, "'algorithms' is not an option"],
    ['no options', undefined, 'sharedSecret: options must be an object, got undefined'],
  ])('refuses %s', (_, options, message) => {
    // A caller without types can pass anything.
    const attempt = () => sharedSecret(options as never)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(message)
    expect(attempt).not.toThrow('CANARY')
  })

  it('names all problems at once', () => {
    expect(() => sharedSecret({ secret: 'short', issuer: '', cookie: '' })).toThrow(/`issuer`.*`cookie`.*`secret`/)
  })
})
