import { describe, expect, it } from 'vitest'
import { jwks, verifySession } from '../../src/index.ts'
import type { SessionReason } from '../../src/index.ts'
import { forgeToken } from '../support/forge-token.ts'
import { after, AUDIENCE, ISSUER } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { serveKeys } from '../support/serve-keys.ts'
import { ecSigner, edSigner, rsaSigner, secretSigner } from '../support/signers.ts'
import type { Signer } from '../support/signers.ts'

const rsa = rsaSigner('k1')
const otherRsa = rsaSigner('k2')
const ec = ecSigner('k1')
const p384 = ecSigner('k3', 'P-384')
const ed = edSigner('k1')
const weak = rsaSigner('weak', 1024)
const secret = secretSigner()

/** Has the fingerprint of the faulty chip library: 65537^n modulo the product of the small primes. */
function rocaModulus(): string {
  const primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107]
  const more = [109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167]
  const product = [2, ...primes, ...more].reduce((all, prime) => all * BigInt(prime), 1n)
  const modulus = ((1n << 2047n) / product + 1n) * product + 65537n
  return Buffer.from(modulus.toString(16), 'hex').toString('base64url')
}

const withoutKid = ({ kid: _, ...jwk }: object & { kid: string }) => jwk
const anonymous = (signer: Signer) => forgeToken(signer, { header: { alg: signer.alg } })

interface KeySetCase {
  number: number
  name: string
  keys: object[]
  token: string
  reason: SessionReason
}

// A second, good key keeps each set usable, so that the refusal is about the key in question.
const CASES: readonly KeySetCase[] = [
  {
    number: 74,
    name: 'no kid and two keys that fit',
    keys: [rsa.publicJwk, otherRsa.publicJwk],
    token: anonymous(rsa),
    reason: 'kid_missing',
  },
  {
    number: 74,
    name: 'a kid and a set of keys without kid',
    keys: [withoutKid(rsa.publicJwk)],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 86,
    name: "a key marked 'use: enc'",
    keys: [{ ...rsa.publicJwk, use: 'enc' }, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 86,
    name: 'a key whose key_ops leave out verify',
    keys: [{ ...rsa.publicJwk, key_ops: ['encrypt'] }, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 86,
    name: 'a key for another algorithm',
    keys: [{ ...rsa.publicJwk, alg: 'PS256' }, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 89,
    name: 'an RSA key of 1024 bits',
    keys: [weak.publicJwk, rsa.publicJwk],
    token: forgeToken(weak),
    reason: 'unknown_kid',
  },
  {
    number: 90,
    name: 'an RSA key with e = 1',
    keys: [{ ...rsa.publicJwk, e: 'AQ' }, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 90,
    name: 'an RSA key with e = 3',
    keys: [{ ...rsa.publicJwk, e: 'Aw' }, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 91,
    name: 'an RSA key with the ROCA fingerprint',
    keys: [{ ...rsa.publicJwk, n: rocaModulus() }, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 92,
    name: 'a shared secret in the set',
    keys: [{ kty: 'oct', kid: secret.kid, k: Buffer.from(secret.secret).toString('base64url') }, rsa.publicJwk],
    token: forgeToken(secret),
    reason: 'alg_not_allowed',
  },
  {
    number: 92,
    name: 'a private key in the set',
    keys: [{ ...rsa.privateJwk, kid: 'k1' }, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 93,
    name: 'one kid for two keys of the same kind',
    keys: [rsa.publicJwk, { ...otherRsa.publicJwk, kid: 'k1' }],
    token: forgeToken(rsa),
    reason: 'kid_ambiguous',
  },
  {
    number: 93,
    name: 'the kid of a key of another kind',
    keys: [ec.publicJwk, otherRsa.publicJwk],
    token: forgeToken(rsa),
    reason: 'unknown_kid',
  },
  {
    number: 54,
    name: 'ES256 by a P-384 key',
    keys: [p384.publicJwk, rsa.publicJwk],
    token: forgeToken({ ...p384, alg: 'ES256' }),
    reason: 'unknown_kid',
  },
  {
    number: 59,
    name: 'a point that is not on the curve',
    keys: [{ ...ec.publicJwk, y: Buffer.alloc(32, 1).toString('base64url') }],
    token: forgeToken(ec),
    reason: 'key_unusable',
  },
]

describe('key sets', () => {
  it.each(CASES)('bad token $number: $name', async ({ keys, token, reason }) => {
    await using server = await serveKeys(keys)
    const preset = jwks({ url: server.url, issuer: ISSUER })
    const refusal = await refusalOf(verifySession(token, preset, { now: after(0) }))
    expect({ code: refusal.code, reason: refusal.reason }).toEqual({ code: 'SESSION_INVALID', reason })
  })

  it('bad token 93: one kid for keys of three kinds serves a token of each kind with its own key', async () => {
    await using server = await serveKeys([rsa.publicJwk, ec.publicJwk, ed.publicJwk])
    const preset = jwks({ url: server.url, issuer: ISSUER })
    for (const signer of [rsa, ec, ed]) {
      await expect(verifySession(forgeToken(signer), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    }
  })

  it('bad token 54: ES384 is taken where the list names it, each curve under its own name', async () => {
    await using server = await serveKeys([ec.publicJwk, p384.publicJwk])
    const options = { url: server.url, issuer: ISSUER }
    const [usual, named] = [jwks(options), jwks({ ...options, algorithms: ['ES256', 'ES384'] })]
    await expect(verifySession(forgeToken(p384), named, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    await expect(verifySession(forgeToken(ec), named, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    expect((await refusalOf(verifySession(forgeToken(p384), usual, { now: after(0) }))).reason).toBe('alg_not_allowed')
    expect((await refusalOf(verifySession(forgeToken({ ...p384, alg: 'ES256' }), named, { now: after(0) }))).reason).toBe('unknown_kid')
    expect((await refusalOf(verifySession(forgeToken({ ...ec, alg: 'ES384' }), named, { now: after(0) }))).reason).toBe('unknown_kid')
  })

  it('bad token 59: EdDSA is refused when the list names RS256 alone, though the set has the key', async () => {
    await using server = await serveKeys([rsa.publicJwk, ed.publicJwk])
    const preset = jwks({ url: server.url, issuer: ISSUER, algorithms: ['RS256'] })
    expect((await refusalOf(verifySession(forgeToken(ed), preset, { now: after(0) }))).reason).toBe('alg_not_allowed')
    await expect(verifySession(forgeToken(rsa), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('bad token 85: the key of another configured issuer does not sign for this one', async () => {
    await using ours = await serveKeys([rsa.publicJwk])
    await using theirs = await serveKeys([{ ...otherRsa.publicJwk, kid: 'k1' }])
    const presets = [
      jwks({ url: ours.url, issuer: ISSUER, audience: AUDIENCE }),
      jwks({ url: theirs.url, issuer: 'https://other.example.com/', audience: AUDIENCE }),
    ]
    const token = forgeToken({ ...otherRsa, kid: 'k1' })
    expect((await refusalOf(verifySession(token, presets, { now: after(0) }))).reason).toBe('signature_mismatch')
    expect(theirs.hits).toBe(0)
  })

  it('a token without kid is verified when one key alone fits its algorithm', async () => {
    await using server = await serveKeys([rsa.publicJwk, ec.publicJwk])
    const preset = jwks({ url: server.url, issuer: ISSUER })
    await expect(verifySession(anonymous(rsa), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })
})
