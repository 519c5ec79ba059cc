import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { jwks, mintSession, publicKeySet, verifySession } from '../../src/index.ts'

const ISSUER = 'https://app.example.com/'
const pem = (pair: { privateKey: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer } }) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const [ec, ec384] = ['P-256', 'P-384'].map((namedCurve) => pem(generateKeyPairSync('ec', { namedCurve }))) as [string, string] // One for each curve.
const [rsa, ed] = [pem(generateKeyPairSync('rsa', { modulusLength: 2048 })), pem(generateKeyPairSync('ed25519'))]

describe('publicKeySet', () => {
  it.each([['P-256', ec], ['P-384', ec384], ['RSA', rsa], ['Ed25519', ed]])('of a %s key is what its tokens are verified with, and holds nothing private', async (_, privateKey) => {
    const set = await publicKeySet([{ privateKey, kid: 'k1' }])
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(set.keys[0]).not.toHaveProperty(secret)
    const token = await mintSession({ sub: 'ada', issuer: ISSUER, privateKey, kid: 'k1' })
    const preset = jwks({ url: 'https://app.example.com/jwks.json', issuer: ISSUER, algorithms: ['RS256', 'ES256', 'ES384', 'EdDSA'], fetch: async () => Response.json(set) })
    await expect(verifySession(token, preset)).resolves.toMatchObject({ subject: 'ada' })
  })

  it('holds the old key and the new one while they change places', async () => {
    const set = await publicKeySet([{ privateKey: ec, kid: 'new' }, { privateKey: rsa, kid: 'old' }])
    expect(set.keys.map((key) => Reflect.get(key, 'kid'))).toEqual(['new', 'old'])
  })

  it.each([
    ['no key', []],
    ['two keys of one kid', [{ privateKey: ec, kid: 'k' }, { privateKey: rsa, kid: 'k' }]],
    ['what is no key', [{ privateKey: 'nonsense CANARY', kid: 'k' }]],
  ])('of %s is a TypeError that shows nothing of it', async (_, keys) => {
    const attempt = publicKeySet(keys)
    await expect(attempt).rejects.toBeInstanceOf(TypeError)
    await expect(attempt).rejects.not.toThrow(/CANARY/)
  })
})
