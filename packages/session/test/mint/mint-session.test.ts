import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { decodeProtectedHeader, importJWK, importSPKI, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { mintSession, publicKey, sharedSecret, verifySession } from '../../src/index.ts'
import type { MintOptions, SessionPreset } from '../../src/index.ts'
import { after, NOW, NOW_SECONDS } from '../support/moment.ts'
import { ecSigner, edSigner, rsaSigner } from '../support/signers.ts'

const SECRET = 'CANARY_secret_0123456789abcdefghijklmnopqrstuv'
const now = after(0)
const rsa = rsaSigner()
const ec = ecSigner()
const ed = edSigner()

interface Family {
  name: string
  keys: Pick<MintOptions, 'secret' | 'privateKey'>
  preset: SessionPreset
  alg: string
}

const FAMILIES: readonly Family[] = [
  { name: 'a secret', keys: { secret: SECRET }, preset: sharedSecret({ secret: SECRET }), alg: 'HS256' },
  ...[rsa, ec, ecSigner('e2', 'P-384'), ed].flatMap((signer) => [
    {
      name: `a ${signer.alg} PEM`,
      keys: { privateKey: signer.privatePem },
      preset: publicKey({ pem: signer.publicPem }),
      alg: signer.alg,
    },
    {
      name: `a ${signer.alg} JWK`,
      keys: { privateKey: signer.privateJwk },
      preset: publicKey({ jwk: signer.publicJwk }),
      alg: signer.alg,
    },
  ]),
]

describe.each(FAMILIES)('mintSession with $name', ({ keys, preset, alg }) => {
  it('makes a token that verifySession accepts for as long as it was asked for', async () => {
    const token = await mintSession({ sub: 'ada', email: 'ada@example.com', emailVerified: true, ttl: '2m', now, ...keys })
    await expect(verifySession(token, preset, { now, toleranceSeconds: 0 })).resolves.toMatchObject({
      subject: 'ada',
      email: 'ada@example.com',
      emailVerified: true,
      expiresAt: new Date(NOW.getTime() + 120_000),
    })
    const atEnd = verifySession(token, preset, { now: after(120), toleranceSeconds: 0 })
    await expect(atEnd).rejects.toMatchObject({ code: 'SESSION_EXPIRED' })
  })

  it(`says ${alg} in its header, and no key id`, async () => {
    expect(decodeProtectedHeader(await mintSession({ sub: 'ada', now, ...keys }))).toEqual({ alg, typ: 'JWT' })
  })
})

describe('mintSession', () => {
  const mint = (options: Partial<MintOptions> = {}) => mintSession({ sub: 'ada', secret: SECRET, now, ...options })
  const claimsOf = async (token: string) => (await verifySession(token, sharedSecret({ secret: SECRET }), { now })).claims

  it('sets iat, exp 5 minutes later and jti, and nothing that was not asked for', async () => {
    expect(await claimsOf(await mint({ newId: () => 'id-1' }))).toEqual({
      sub: 'ada',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 300,
      jti: 'id-1',
    })
  })

  it('makes another jti for every token', async () => {
    const ids = await Promise.all([mint(), mint()].map(async (token) => (await claimsOf(await token)).jti))
    expect(new Set(ids).size).toBe(2)
  })

  it('carries issuer, audience, further claims and key id', async () => {
    const token = await mint({ issuer: 'our-app', audience: 'site-1', kid: 'k1', claims: { roles: ['admin'] } })
    const preset = sharedSecret({ secret: SECRET, issuer: 'our-app', audience: 'site-1' })
    const session = await verifySession(token, preset, { now })
    expect(session).toMatchObject({ issuer: 'our-app', claims: { roles: ['admin'] } })
    expect(decodeProtectedHeader(token).kid).toBe('k1')
  })

  it('takes the key id of a JWK unless told another', async () => {
    const privateKey = { ...ec.privateJwk, kid: 'of-the-jwk', key_ops: ['sign'] }
    expect(decodeProtectedHeader(await mintSession({ sub: 'ada', privateKey })).kid).toBe('of-the-jwk')
    expect(decodeProtectedHeader(await mintSession({ sub: 'ada', privateKey, kid: 'given' })).kid).toBe('given')
  })

  it('an email beyond ASCII is for whoever verifies to take or not', async () => {
    const token = await mint({ email: 'jörg@example.com' })
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ email: 'jörg@example.com' })
  })

  it('an email that is said to be unverified does not come out as an email', async () => {
    const token = await mint({ email: 'ada@example.com', emailVerified: false })
    const session = await verifySession(token, sharedSecret({ secret: SECRET }), { now })
    expect(session).toMatchObject({ emailVerified: false })
    expect(session).not.toHaveProperty('email')
  })

  it('options that are undefined count as left out', async () => {
    const token = await mint({ email: undefined, ttl: undefined, claims: undefined, issuer: undefined, kid: undefined })
    expect(await claimsOf(token)).toMatchObject({ exp: NOW_SECONDS + 300 })
  })

  it('makes tokens that another implementation accepts', async () => {
    const options = { currentDate: NOW, audience: 'site-1', issuer: 'our-app' }
    const given = { sub: 'ada', issuer: 'our-app', audience: 'site-1', now }
    const byRsa = await mintSession({ ...given, privateKey: rsa.privatePem })
    const rsaKey = await importSPKI(rsa.publicPem, 'RS256')
    await expect(jwtVerify(byRsa, rsaKey, options)).resolves.toMatchObject({ payload: { sub: 'ada' } })
    const byEd = await mintSession({ ...given, privateKey: ed.privateJwk })
    const edKey = await importJWK(ed.publicJwk, 'EdDSA')
    await expect(jwtVerify(byEd, edKey, options)).resolves.toMatchObject({ payload: { sub: 'ada' } })
  })

  it('whatever it mints, verifySession accepts', async () => {
    const claims = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
    const property = fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), claims, async (sub, claims) => {
      const token = await mint({ sub, claims }).catch((error: unknown) => error)
      if (typeof token === 'string') expect(await claimsOf(token)).toMatchObject({ sub })
      else expect(token).toBeInstanceOf(TypeError)
    })
    await fc.assert(property, { numRuns: 300 })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no sub', { sub: undefined }, '`sub` must be a string of 1 to 255 characters'],
    ['an empty sub', { sub: '' }, "got ''"],
    ['a sub with a line end', { sub: 'a\nb' }, "got 'a\\nb'"],
    ['a sub with half a surrogate pair', { sub: '\ud800' }, '`sub` must be'],
    ['an email that is none', { email: 'CANARY' }, '`email` must be an email address, got a string of 6 characters'],
    ['emailVerified as text', { emailVerified: 'true' }, "`emailVerified` must be true or false, got 'true'"],
    ['a ttl of 0', { ttl: 0 }, "`ttl` must be '5m' or whole seconds, from 1 second to 24 hours, got 0"],
    ['a ttl of half a second', { ttl: 0.5 }, 'got 0.5'],
    ['a ttl without unit', { ttl: '5' }, "got '5'"],
    ['a ttl of 25 hours', { ttl: '25h' }, "got '25h'"],
    ['a ttl of a second over 24 hours', { ttl: 86_401 }, 'got 86401'],
    ['a short secret', { secret: 'CANARY' }, '`secret` must be a string or Uint8Array of at least 32 bytes'],
    ['neither key', { secret: undefined }, 'expected either `secret` or `privateKey`'],
    ['both keys', { privateKey: ec.privatePem }, 'expected either `secret` or `privateKey`'],
    ['a key id with a blank', { kid: 'a b' }, '`kid` must be a string of 1 to 256 printable ASCII characters'],
    ['claims that would hide our own', { claims: { sub: 'eve' } }, '`claims` must be a JSON object'],
    ['claims with a refused name', { claims: { constructor: 1 } }, '`claims` must be'],
    ['claims as a list', { claims: [] }, '`claims` must be'],
    ['claims with a BigInt', { claims: { a: 1n } }, '`claims` must be'],
    ['claims too large for a token', { claims: { a: 'x'.repeat(8000) } }, 'at most 8192; shorten `claims`'],
    ['an unknown option', { subject: 'ada' }, "'subject' is not an option"],
    ['a clock that gives no time', { now: () => new Date(Number.NaN) }, '`now` must return a valid Date'],
  ])('refuses %s', async (_, options, message) => {
    // A caller without types can pass anything.
    const attempt = mint(options as never)
    await expect(attempt).rejects.toThrow(TypeError)
    await expect(mint(options as never)).rejects.toThrow(message)
    await expect(mint(options as never)).rejects.not.toThrow('CANARY')
  })

  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  it.each([
    ['a public PEM', ec.publicPem, '`privateKey` is a PUBLIC KEY, expected a PRIVATE KEY'],
    [
      'the older RSA form',
      String(createPrivateKey(rsa.privatePem).export({ type: 'pkcs1', format: 'pem' })),
      'convert it with `openssl pkcs8',
    ],
    ['the older EC form', String(createPrivateKey(ec.privatePem).export({ type: 'sec1', format: 'pem' })), 'is a EC PRIVATE KEY'],
    ['text that is not PEM', 'CANARY', '`privateKey` is not PEM'],
    ['a damaged PEM', ec.privatePem.replace(/\n.{20}/, '\n'), '`privateKey` is damaged, or of a kind we do not sign with'],
    ['a P-521 key', String(generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export({ type: 'pkcs8', format: 'pem' })), 'or of a kind we do not sign with'],
    [
      'a weak RSA PEM',
      String(weak.export({ type: 'pkcs8', format: 'pem' })),
      '`privateKey` is an RSA key of 1024 bits; use 2048 to 8192',
    ],
    ['a weak RSA JWK', weak.export({ format: 'jwk' }), '`privateKey` is an RSA key of 1024 bits; use 2048 to 8192'],
    ['a public JWK', ec.publicJwk, '`privateKey` is a JWK without its private member d'],
    ['a shared secret as JWK', { kty: 'oct', k: 'AAAA' }, '`privateKey` is a JWK without its private member d'],
    ['a JWK whose halves do not fit', { ...ec.privateJwk, d: 'AAAA' }, '`privateKey` was refused by the runtime'],
  ])('refuses %s as private key', async (_, privateKey, message) => {
    const attempt = mintSession({ sub: 'ada', privateKey })
    await expect(attempt).rejects.toThrow(TypeError)
    await expect(attempt).rejects.toThrow(message)
  })
})
