import { createHmac, createPrivateKey, createPublicKey, constants, sign } from 'node:crypto'
import type { BadToken } from '../../support/check-bad-tokens.ts'
import { encodePart, forgeToken, goodClaims, goodHeader, withHeader } from '../../support/forge-token.ts'
import type { Stage } from '../../support/stages.ts'
import type { KeySigner } from '../../support/signers.ts'
import { isSigned, onlyOn } from '../../support/traits.ts'

/** The order of each curve: SEC 2, 2.4.2 and 2.5.1. */
const ECDSA: Readonly<Record<string, { order: Buffer; hash: string }>> = {
  ES256: { order: Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex'), hash: 'sha256' },
  ES384: { order: Buffer.from('ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973', 'hex'), hash: 'sha384' },
}

const alg = (alg: unknown) => ({ signer }: Stage) => withHeader(signer, { alg })
const extra = (members: Record<string, unknown>) => ({ signer }: Stage) => withHeader(signer, members)
const isAlg = (alg: string) => ({ signer }: Stage) => signer.alg === alg
const hasKey = ({ key }: Stage) => key !== undefined
const hmac = (secret: string | Buffer) => (bytes: Buffer) => createHmac('sha256', secret).update(bytes).digest()

/** HS256, keyed with something that everybody knows. */
const confused = (secretOf: (key: KeySigner) => string | Buffer) => (stage: Stage) => {
  const { signer } = stage
  return forgeToken(signer, { header: { ...goodHeader(signer), alg: 'HS256' }, signBytes: hmac(secretOf(keyOf(stage))) })
}
const signedAs = (alg: string, signBytes: (stage: Stage, bytes: Buffer) => Buffer) => (stage: Stage) =>
  forgeToken(stage.signer, { header: { ...goodHeader(stage.signer), alg }, signBytes: (bytes) => signBytes(stage, bytes) })

function keyOf({ key, name }: Stage): KeySigner {
  if (!key) throw new Error(`${name} has no key`)
  return key
}

function privateKeyOf(stage: Stage) {
  return createPrivateKey(keyOf(stage).privatePem)
}

const spkiDer = (key: KeySigner) => createPublicKey(key.publicPem).export({ type: 'spki', format: 'der' })
const encrypted = (header: Record<string, unknown>) => () =>
  `${encodePart(header)}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`
const unsigned = (alg: string) => ({ signer }: Stage) => `${encodePart({ alg, typ: 'JWT' })}.${encodePart(goodClaims(signer))}.`

const BAD_TOKENS: readonly BadToken[] = [
  { number: 41, name: "alg 'none' without signature", make: unsigned('none'), reason: 'not_canonical' },
  { number: 42, name: "alg 'None' without signature", make: unsigned('None'), reason: 'not_canonical' },
  { number: 43, name: "alg 'nOnE' without signature", make: unsigned('nOnE'), reason: 'not_canonical' },
  { number: 44, name: "alg 'none' with a signature", make: alg('none'), reason: 'alg_not_allowed' },
  { number: 44, name: "alg 'None' with a signature", make: alg('None'), reason: 'alg_not_allowed' },
  {
    number: 45,
    name: 'HS256 keyed with the public PEM',
    make: confused((key) => key.publicPem),
    on: hasKey,
    reason: 'alg_not_allowed',
  },
  { number: 46, name: 'HS256 keyed with the public DER', make: confused(spkiDer), on: hasKey, reason: 'alg_not_allowed' },
  {
    number: 47,
    name: 'HS256 keyed with the JWK text',
    make: confused((key) => JSON.stringify(key.publicJwk)),
    on: hasKey,
    reason: 'alg_not_allowed',
  },
  {
    number: 48,
    name: 'HS256 with an empty key',
    make: signedAs('HS256', (_, bytes) => hmac('')(bytes)),
    on: isAlg('HS256'),
    reason: 'signature_mismatch',
  },
  {
    number: 48,
    name: 'HS256 with an empty key',
    make: signedAs('HS256', (_, bytes) => hmac('')(bytes)),
    on: hasKey,
    reason: 'alg_not_allowed',
  },
  {
    number: 49,
    name: 'HS256 keyed with the kid',
    make: signedAs('HS256', ({ signer }, bytes) => hmac(signer.kid)(bytes)),
    on: isAlg('HS256'),
    reason: 'signature_mismatch',
  },
  ...Object.entries(ECDSA).flatMap(badSignatures),
  { number: 53, name: 'ES256K', make: alg('ES256K'), reason: 'alg_not_allowed' },
  { number: 54, name: 'ES384 with a P-256 key', make: alg('ES384'), on: ({ preset }) => !preset.algorithms.includes('ES384'), reason: 'alg_not_allowed' },
  { number: 54, name: 'ES256 with a P-384 key', make: alg('ES256'), on: isAlg('ES384'), reason: 'alg_not_allowed' },
  {
    number: 56,
    name: 'PS256 with an RSA key',
    make: signedAs('PS256', (stage, bytes) =>
      sign('sha256', bytes, { key: privateKeyOf(stage), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    ),
    on: isAlg('RS256'),
    reason: 'alg_not_allowed',
  },
  {
    number: 57,
    name: 'RS1',
    make: signedAs('RS1', (stage, bytes) => sign('sha1', bytes, privateKeyOf(stage))),
    on: isAlg('RS256'),
    reason: 'alg_not_allowed',
  },
  {
    number: 58,
    name: 'RS512 outside the list',
    make: signedAs('RS512', (stage, bytes) => sign('sha512', bytes, privateKeyOf(stage))),
    on: isAlg('RS256'),
    reason: 'alg_not_allowed',
  },
  {
    number: 59,
    name: 'EdDSA outside the list',
    make: alg('EdDSA'),
    on: ({ preset }) => !preset.algorithms.includes('EdDSA'),
    reason: 'alg_not_allowed',
  },
  { number: 60, name: 'alg missing', make: alg(undefined), reason: 'header_malformed' },
  { number: 61, name: 'alg a number', make: alg(256), reason: 'header_malformed' },
  {
    number: 62,
    name: 'alg an array',
    make: ({ signer }) => withHeader(signer, { alg: [signer.alg] }),
    reason: 'header_malformed',
  },
  {
    number: 63,
    name: 'alg with a space in front',
    make: ({ signer }) => withHeader(signer, { alg: ` ${signer.alg}` }),
    reason: 'alg_not_allowed',
  },
  { number: 64, name: 'b64: false', make: extra({ b64: false, crit: ['b64'] }), reason: 'header_not_allowed' },
  { number: 65, name: 'crit with an unknown name', make: extra({ crit: ['exp'], exp: 1 }), reason: 'header_not_allowed' },
  { number: 66, name: 'crit empty', make: extra({ crit: [] }), reason: 'header_not_allowed' },
  { number: 67, name: 'zip DEF', make: extra({ zip: 'DEF' }), reason: 'header_not_allowed' },
  {
    number: 68,
    name: 'an encrypted token that asks for 2^31 rounds of PBES2',
    make: encrypted({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31, p2s: 'AAAA' }),
    reason: 'not_compact',
  },
  {
    number: 69,
    name: 'an encrypted token with RSA1_5',
    make: encrypted({ alg: 'RSA1_5', enc: 'A128GCM' }),
    reason: 'not_compact',
  },
  {
    number: 70,
    name: "an encrypted token with alg 'dir'",
    make: encrypted({ alg: 'dir', enc: 'A128GCM' }),
    reason: 'not_compact',
  },
  { number: 71, name: 'a token inside the token', make: nested, reason: 'not_json' },
  {
    number: 72,
    name: 'an encrypted token that says it is compressed',
    make: encrypted({ alg: 'dir', enc: 'A128GCM', zip: 'DEF' }),
    reason: 'not_compact',
  },
]

function badSignatures([name, { order, hash }]: [string, { order: Buffer; hash: string }]): BadToken[] {
  const size = order.length
  const signatures: [number: number, what: string, signBytes: (stage: Stage, bytes: Buffer) => Buffer][] = [
    [50, 'with r and s zero', () => Buffer.alloc(2 * size)],
    [51, 'with a signature in DER', (stage, bytes) => sign(hash, bytes, { key: privateKeyOf(stage), dsaEncoding: 'der' })],
    [52, 'with r the order of the curve', (stage, bytes) => Buffer.concat([order, keyOf(stage).signBytes(bytes).subarray(size)])],
    [52, 'with s the order of the curve', (stage, bytes) => Buffer.concat([keyOf(stage).signBytes(bytes).subarray(0, size), order])],
  ]
  return signatures.map(([number, what, signBytes]) => ({ number, name: `${name} ${what}`, make: signedAs(name, signBytes), on: isAlg(name), reason: 'signature_mismatch' }))
}

function nested(stage: Stage): string {
  const { signer } = stage
  return forgeToken(signer, { header: { ...goodHeader(signer), cty: 'JWT' }, payload: unsigned('none')(stage) })
}

export const ALGORITHM: readonly BadToken[] = onlyOn(isSigned, BAD_TOKENS)
