import { describe, expect, it } from 'vitest'
import { jwks, publicKey, sharedSecret, verifySession } from '../src/index.ts'
import { forgeToken, withClaims } from './support/forge-token.ts'
import { after, ISSUER, NOW_SECONDS } from './support/moment.ts'
import { refusalOf } from './support/refusal-of.ts'
import { reply, serveKeys } from './support/serve-keys.ts'
import { ecSigner, rsaSigner, secretSigner } from './support/signers.ts'

const OTHER_ISSUER = 'https://other.example.com/'
const ec = ecSigner()
const rsa = rsaSigner()
const secret = secretSigner()
const yesterday = secretSigner()

const ours = publicKey({ jwk: ec.publicJwk, issuer: ISSUER, cookie: 'ours' })
const theirs = publicKey({ jwk: rsa.publicJwk, issuer: OTHER_ISSUER })
const minted = sharedSecret({ secret: secret.secret, cookie: 'minted' })
const now = after(0)

describe('verifySession with several presets', () => {
  it('verifies each issuer with its own key', async () => {
    const presets = [ours, theirs]
    await expect(verifySession(forgeToken(ec), presets, { now })).resolves.toMatchObject({ issuer: ISSUER })
    const other = withClaims(rsa, { iss: OTHER_ISSUER })
    await expect(verifySession(other, presets, { now })).resolves.toMatchObject({ issuer: OTHER_ISSUER })
  })

  it('refuses the key of one issuer for the name of the other', async () => {
    const refusal = await refusalOf(verifySession(withClaims(rsa, { iss: ISSUER }), [ours, theirs], { now }))
    expect(refusal).toMatchObject({ code: 'SESSION_INVALID', reason: 'alg_not_allowed', expected: 'ES256' })
  })

  it('refuses an issuer that no preset names', async () => {
    const refusal = await refusalOf(verifySession(withClaims(ec, { iss: 'https://evil.example/' }), [ours, theirs], { now }))
    expect(refusal).toMatchObject({ reason: 'issuer_mismatch', got: "'https://evil.example/'" })
  })

  it('gives a token of an unknown issuer to the presets that name none, and a known one never', async () => {
    const presets = [ours, minted]
    const attempt = (iss: string | undefined) => verifySession(withClaims(secret, { iss }), presets, { now })
    await expect(attempt('our-app')).resolves.toMatchObject({ issuer: 'our-app' })
    await expect(attempt(undefined)).resolves.toMatchObject({ subject: 'ada' })
    expect((await refusalOf(attempt(ISSUER))).reason).toBe('alg_not_allowed')
  })

  it('accepts the old secret beside the new one while secrets are rotated', async () => {
    const presets = [minted, sharedSecret({ secret: yesterday.secret })]
    await expect(verifySession(forgeToken(yesterday), presets, { now })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('bad token 146: refuses the old secret once it is rotated out', async () => {
    expect((await refusalOf(verifySession(forgeToken(yesterday), [minted], { now }))).reason).toBe('signature_mismatch')
  })

  it('says expired when one preset knows the token and another does not', async () => {
    const presets = [sharedSecret({ secret: yesterday.secret }), minted]
    const refusal = await refusalOf(verifySession(withClaims(secret, { exp: NOW_SECONDS - 60 }), presets, { now }))
    expect(refusal.code).toBe('SESSION_EXPIRED')
  })

  it('says keys unavailable when the preset that might know the token has no keys', async () => {
    await using server = await serveKeys([])
    server.answer = reply(500)
    const presets = [ours, jwks({ url: server.url, issuer: ISSUER })]
    const refusal = await refusalOf(verifySession(forgeToken(ecSigner()), presets, { now }))
    expect(refusal.code).toBe('SESSION_KEYS_UNAVAILABLE')
  })

  it('uses a token from a cookie for the presets that name this cookie and for no other', async () => {
    const inMinted = { headers: { cookie: `minted=${forgeToken(ec)}` } }
    expect((await refusalOf(verifySession(inMinted, [ours, minted], { now }))).reason).toBe('alg_not_allowed')
    const inOurs = { headers: { cookie: `ours=${forgeToken(ec)}` } }
    await expect(verifySession(inOurs, [ours, minted], { now })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('of two cookies takes that of the preset that is listed first, whatever becomes of it', async () => {
    const old = { headers: { cookie: `minted=${withClaims(secret, { exp: NOW_SECONDS - 60 })}; ours=${forgeToken(ec)}` } }
    await expect(verifySession(old, [ours, minted], { now })).resolves.toMatchObject({ issuer: ISSUER })
    expect((await refusalOf(verifySession(old, [minted, ours], { now }))).code).toBe('SESSION_EXPIRED')
  })
})
