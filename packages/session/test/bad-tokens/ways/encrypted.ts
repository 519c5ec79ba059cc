import { deflateRawSync } from 'node:zlib'
import { authjsWriter } from '../../support/authjs-writer.ts'
import type { AuthjsScheme } from '../../support/authjs-writer.ts'
import type { BadToken } from '../../support/check-bad-tokens.ts'
import { encodePart, forgeToken, goodClaims, goodHeader, withHeader } from '../../support/forge-token.ts'
import { AUTHJS, NEXT_AUTH } from '../../support/providers/encrypted.ts'
import type { Stage } from '../../support/stages.ts'
import { isEncrypted, isNamed, onlyOn } from '../../support/traits.ts'

const VERSION_5 = isNamed('authjs')
const VERSION_4 = isNamed('authjs, version 4')

const header = (changes: Record<string, unknown>) => ({ signer }: Stage) => withHeader(signer, changes)
const part = (at: number, change: (bytes: Buffer) => Buffer | string) => ({ signer }: Stage) =>
  forgeToken(signer)
    .split('.')
    .map((each, index) => (index === at ? change(Buffer.from(each, 'base64url')) : each))
    .map((each) => (Buffer.isBuffer(each) ? each.toString('base64url') : each))
    .join('.')
const flipFirstBit = (bytes: Buffer) => Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1)])

/** The same content, encrypted under another secret, cookie name or version. */
const under = (changes: Partial<AuthjsScheme>) => ({ name, signer }: Stage) => {
  const scheme = name === 'authjs' ? AUTHJS : NEXT_AUTH
  return forgeToken({ ...signer, write: authjsWriter({ ...scheme, ...changes }) })
}

const BAD_TOKENS: readonly BadToken[] = [
  { number: 41, name: "alg 'none'", make: header({ alg: 'none' }), reason: 'alg_not_allowed' },
  { number: 60, name: 'alg missing', make: header({ alg: undefined }), reason: 'header_malformed' },
  { number: 60, name: 'enc missing', make: header({ enc: undefined }), reason: 'header_malformed' },
  { number: 61, name: 'alg a number', make: header({ alg: 1 }), reason: 'header_malformed' },
  { number: 61, name: 'enc a list', make: header({ enc: ['A256GCM'] }), reason: 'header_malformed' },
  { number: 63, name: "alg ' dir'", make: header({ alg: ' dir' }), reason: 'alg_not_allowed' },
  { number: 62, name: 'another enc than the content has', make: header({ enc: 'A128CBC-HS256' }), reason: 'alg_not_allowed' },
  { number: 65, name: 'crit with an unknown name', make: header({ crit: ['exp'], exp: 1 }), reason: 'header_not_allowed' },
  { number: 66, name: 'crit empty', make: header({ crit: [] }), reason: 'header_not_allowed' },
  { number: 67, name: 'zip DEF', make: header({ zip: 'DEF' }), reason: 'header_not_allowed' },
  {
    number: 68,
    name: 'PBES2 with 2^31 rounds',
    make: header({ alg: 'PBES2-HS512+A256KW', p2c: 2 ** 31, p2s: 'AAAA' }),
    reason: 'header_not_allowed',
  },
  { number: 68, name: 'PBES2 without its rounds', make: header({ alg: 'PBES2-HS512+A256KW' }), reason: 'alg_not_allowed' },
  { number: 69, name: 'RSA1_5', make: header({ alg: 'RSA1_5' }), reason: 'alg_not_allowed' },
  { number: 69, name: 'A256KW', make: header({ alg: 'A256KW' }), reason: 'alg_not_allowed' },
  { number: 69, name: 'A256GCMKW', make: header({ alg: 'A256GCMKW', iv: 'AAAA', tag: 'AAAA' }), reason: 'header_not_allowed' },
  {
    number: 69,
    name: 'ECDH-ES with a key of the sender',
    make: header({ alg: 'ECDH-ES', epk: {} }),
    reason: 'header_not_allowed',
  },
  { number: 71, name: 'a token without signature inside', make: (stage) => nested(stage), reason: 'not_json' },
  {
    number: 72,
    name: 'a few bytes that unpack to 10 MB',
    make: ({ signer }) =>
      forgeToken(signer, { header: { ...goodHeader(signer), zip: 'DEF' }, payload: deflateRawSync(Buffer.alloc(10_000_000)) }),
    reason: 'header_not_allowed',
  },
  { number: 70, name: 'an encrypted key that should not be there', make: part(1, () => 'AAAA'), reason: 'not_compact' },
  { number: 73, name: 'of another secret', make: under({ secret: 'x'.repeat(32) }), reason: 'decryption_failed' },
  {
    number: 95,
    name: 'of the same secret for another cookie',
    make: under({ cookie: 'authjs.session-token' }),
    on: VERSION_5,
    reason: 'decryption_failed',
  },
  {
    number: 95,
    name: 'of version 4',
    make: () => forgeToken(writtenBy(NEXT_AUTH, 'A256GCM')),
    on: VERSION_5,
    reason: 'alg_not_allowed',
  },
  {
    number: 95,
    name: 'of version 5',
    make: () => forgeToken(writtenBy(AUTHJS, 'A256CBC-HS512')),
    on: VERSION_4,
    reason: 'alg_not_allowed',
  },
  { number: 20, name: 'a bit of the ciphertext flipped', make: part(3, flipFirstBit), reason: 'decryption_failed' },
  { number: 20, name: 'a bit of the tag flipped', make: part(4, flipFirstBit), reason: 'decryption_failed' },
  { number: 20, name: 'a bit of the initialisation vector flipped', make: part(2, flipFirstBit), reason: 'decryption_failed' },
  { number: 51, name: 'a tag of 4 bytes', make: part(4, (tag) => tag.subarray(0, 4)), reason: 'decryption_failed' },
  { number: 51, name: 'a tag of one byte less', make: part(4, (tag) => tag.subarray(0, -1)), reason: 'decryption_failed' },
  {
    number: 51,
    name: 'an initialisation vector of 8 bytes',
    make: part(2, (vector) => vector.subarray(0, 8)),
    reason: 'decryption_failed',
  },
  { number: 39, name: 'no ciphertext', make: part(3, () => ''), reason: 'not_canonical' },
  { number: 39, name: 'no tag', make: part(4, () => ''), reason: 'not_canonical' },
  { number: 85, name: 'a header that was exchanged afterwards', make: exchangedHeader, reason: 'decryption_failed' },
]

export const ENCRYPTED: readonly BadToken[] = onlyOn(isEncrypted, BAD_TOKENS)

function nested({ signer }: Stage): string {
  const inner = `${encodePart({ alg: 'none' })}.${encodePart(goodClaims(signer))}.`
  return forgeToken(signer, { header: { ...goodHeader(signer), cty: 'JWT' }, payload: inner })
}

function writtenBy(scheme: AuthjsScheme, enc: string) {
  const good = { header: { alg: 'dir', enc }, claims: goodClaims() }
  return { alg: 'dir', kid: 'none', signBytes: () => Buffer.alloc(0), write: authjsWriter(scheme), good }
}

function exchangedHeader({ signer }: Stage): string {
  const [, ...rest] = forgeToken(signer).split('.')
  return [encodePart({ ...goodHeader(signer), typ: 'JWT' }), ...rest].join('.')
}
