import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publicKey, verifySession } from '../../src/index.ts'
import { forgeToken } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { ecSigner, edSigner, rsaSigner } from '../support/signers.ts'

const rsa = rsaSigner()
const ec = ecSigner()
const ec384 = ecSigner('e2', 'P-384')
const ed = edSigner()
const pem = (key: KeyObject, type: 'spki' | 'pkcs1' = 'spki') => String(key.export({ type, format: 'pem' }))
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey
const rsaKeyOf = (modulusLength: number, publicExponent: number) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey

describe('publicKey', () => {
  it.each([rsa, ec, ec384, ed])('reads the algorithm from the key: $alg', async (signer) => {
    for (const preset of [publicKey({ pem: signer.publicPem }), publicKey({ jwk: signer.publicJwk })]) {
      expect(preset.algorithms).toEqual([signer.alg])
      await expect(verifySession(forgeToken(signer), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    }
  })

  it.each([rsa, ec, ec384, ed])('reads a PEM from an environment file, with its line ends written out: $alg', async (signer) => {
    const preset = publicKey({ pem: `\n${signer.publicPem.replaceAll('\n', '\\n')} ` })
    await expect(verifySession(forgeToken(signer), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('takes a list of algorithms that names the one of the key, and keeps that one', () => {
    expect(publicKey({ jwk: ec.publicJwk, algorithms: ['RS256', 'ES256'] }).algorithms).toEqual(['ES256'])
  })

  it('accepts a token whatever its kid: the signature decides', async () => {
    const token = forgeToken({ ...ec, kid: 'another' })
    const preset = publicKey({ jwk: ec.publicJwk })
    await expect(verifySession(token, preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it.each([
    ['neither key', {}, 'publicKey: expected either `pem` or `jwk`'],
    ['both keys', { pem: ec.publicPem, jwk: ec.publicJwk }, 'publicKey: expected either `pem` or `jwk`'],
    ['HS256', { jwk: ec.publicJwk, algorithms: ['HS256'] }, "`algorithms` must be a list of 'RS256', 'ES256', 'ES384' and 'EdDSA'"],
    [
      'another algorithm',
      { jwk: ec.publicJwk, algorithms: ['RS256'] },
      '`algorithms` must name ES256, which the key is for, got RS256',
    ],
    ['a private PEM', { pem: ec.privatePem }, '`pem` is a private key; give the public one'],
    ['a private JWK', { jwk: ec.privateJwk }, '`jwk` is a private key; give the public one'],
    ['a shared secret', { jwk: { kty: 'oct', k: 'AAAA' } }, '`jwk` is a shared secret, not a public key'],
    ['a key for encryption', { jwk: { ...rsa.publicJwk, use: 'enc' } }, "`jwk` is for 'enc', not for signatures"],
    ['a key for PS256', { jwk: { ...rsa.publicJwk, alg: 'PS256' } }, "`jwk` is for 'PS256'; this kind of key serves RS256 here"],
    ['text that is not PEM', { pem: 'ssh-ed25519 AAAA' }, '`pem` is not PEM; expected -----BEGIN PUBLIC KEY-----'],
    [
      'a certificate',
      { pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
      '`pem` is a certificate; take its key with `openssl x509',
    ],
    ['the older RSA form', { pem: pem(createPublicKey(rsa.publicPem), 'pkcs1') }, '`pem` is in the older RSA form'],
    ['a P-521 key as PEM', { pem: pem(p521) }, '`pem` is of a kind we do not verify with'],
    ['a P-521 key as JWK', { jwk: p521.export({ format: 'jwk' }) }, "kty 'EC', crv 'P-521'"],
    ['an X25519 key', { pem: pem(generateKeyPairSync('x25519').publicKey) }, '`pem` is of a kind we do not verify with'],
    ['an RSA-PSS key', { pem: pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey) }, 'is of a kind'],
    ['an RSA key of 1024 bits', { pem: pem(rsaKeyOf(1024, 65537)) }, '`pem` is an RSA key of 1024 bits; use 2048 to 8192'],
    ['an RSA key of 2047 bits', { jwk: { ...rsa.publicJwk, n: shortened(rsa.publicJwk.n) } }, 'is an RSA key of 2047 bits'],
    ['an RSA key of 8193 bits', { jwk: { kty: 'RSA', e: 'AQAB', n: bytesOf(1025, 1) } }, 'is an RSA key of 8193 bits'],
    ['an even modulus', { jwk: { kty: 'RSA', e: 'AQAB', n: bytesOf(256, 0xfe) } }, 'even modulus'],
    ['an RSA key with e = 3', { pem: pem(rsaKeyOf(2048, 3)) }, 'exponent is not odd and at least 65537'],
    ['an even exponent', { jwk: { ...rsa.publicJwk, e: 'AQAA' } }, 'exponent is not odd and at least 65537'],
    ['an RSA key without n', { jwk: { kty: 'RSA', e: 'AQAB' } }, 'is an RSA key without n and e'],
    ['a P-256 key with a short x', { jwk: { ...ec.publicJwk, x: 'AAAA' } }, 'is a P-256 key without x and y of 32 bytes'],
    ['a P-384 key with a short x', { jwk: { ...ec384.publicJwk, x: ec.publicJwk.x } }, 'is a P-384 key without x and y of 48 bytes'],
    ['an Ed25519 key with a short x', { jwk: { ...ed.publicJwk, x: 'AAAA' } }, 'is an Ed25519 key without x of 32 bytes'],
  ])('refuses %s', (_, options, message) => {
    // A caller without types can pass anything.
    const attempt = () => publicKey(options as never)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(message)
  })

  it('says at the first token that a point is not on the curve', async () => {
    const preset = publicKey({ jwk: { ...ec.publicJwk, y: bytesOf(32, 1) } })
    await expect(verifySession(forgeToken(ec), preset, { now: after(0) })).rejects.toThrow('is it a point on the curve?')
  })

  it.each([rsa, ec, ec384, ed])('a damaged PEM is a TypeError, or a key that refuses every token: $alg', async (signer) => {
    const body = Buffer.from(signer.publicPem.replace(/-----[^-]+-----/g, ''), 'base64')
    const damage = fc.record({ at: fc.nat(body.length - 1), byte: fc.nat(255), length: fc.integer({ min: 0, max: body.length }) })
    const property = fc.asyncProperty(damage, async ({ at, byte, length }) => {
      const damaged = Buffer.from(body)
      damaged[at] = byte
      const bytes = damaged.subarray(0, length)
      fc.pre(!bytes.equals(body))
      const text = `-----BEGIN PUBLIC KEY-----\n${bytes.toString('base64')}\n-----END PUBLIC KEY-----`
      const outcome = await attempt(() => verifySession(forgeToken(signer), publicKey({ pem: text }), { now: after(0) }))
      expect(['TypeError', 'SessionError']).toContain(outcome)
    })
    await fc.assert(property, { numRuns: 200 })
  })
})

async function attempt(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
    return 'accepted'
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

/** A number of so many bytes, all alike. */
function bytesOf(length: number, byte: number): string {
  return Buffer.alloc(length, byte).toString('base64url')
}

/** The same number of bytes with the top bit cleared and the next one set. */
function shortened(n: string | undefined): string {
  const bytes = Buffer.from(n ?? '', 'base64url')
  bytes[0] = 0x40
  return bytes.toString('base64url')
}
