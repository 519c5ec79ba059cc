import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { BadToken } from '../../support/check-bad-tokens.ts'
import { forgeToken, goodClaims } from '../../support/forge-token.ts'
import { rsaSigner } from '../../support/signers.ts'
import type { Stage } from '../../support/stages.ts'
import { isEncrypted, isSigned, isWritten, onlyOn } from '../../support/traits.ts'

const good = ({ signer }: Stage) => forgeToken(signer)
const part = (index: number, change: (part: string) => string) => (stage: Stage) =>
  good(stage)
    .split('.')
    .map((each, at) => (at === index ? change(each) : each))
    .join('.')
/** Where payload and signature are, or in an encrypted token ciphertext and tag. */
const payloadAt = (stage: Stage) => (isEncrypted(stage) ? 3 : 1)
const header = (change: (part: string) => string) => part(0, change)
const payload = (change: (part: string) => string) => (stage: Stage) => part(payloadAt(stage), change)(stage)
const signature = (change: (part: string) => string) => (stage: Stage) => part(payloadAt(stage) + 1, change)(stage)
const firstParts = (count: number) => (stage: Stage) =>
  Array.from({ length: count }, (_, index) => good(stage).split('.')[index] ?? 'AAAA').join('.')
const middle = (part: string, inserted: string) => part.slice(0, 9) + inserted + part.slice(9)
const signedHeader = (header: string) => ({ signer }: Stage) => forgeToken(signer, { header })
const signedPayload = (payload: string | Buffer) => ({ signer }: Stage) => forgeToken(signer, { payload })
const withText = (added: string) => ({ signer }: Stage) =>
  forgeToken(signer, { payload: JSON.stringify(goodClaims(signer)).replace(/\}$/, `,${added}}`) })
const sizeLimit = (stage: Stage) => (isEncrypted(stage) ? 16_384 : 8192)

/** Another spelling of the same bytes: flips the lowest unused bit of the last character. */
function flipUnusedBit(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1) ?? '') ^ 1]
}

/** 96 bytes, those of ES384, leave none. */
const hasUnusedBits = ({ signer: { alg } }: Stage) => alg !== 'ES384'

/** A payload whose length leaves unused bits in its last character. */
function paddedPayload(stage: Stage): string {
  const { signer } = stage
  const at = payloadAt(stage)
  // Encryption may round lengths up to whole blocks, so a few blanks may change nothing.
  const blanks = Array.from({ length: 48 }, (_, count) => ' '.repeat(count))
  const tokens = blanks.map((blank) => forgeToken(signer, { payload: JSON.stringify(goodClaims(signer)) + blank }))
  return tokens.find((token) => (token.split('.')[at] ?? '').length % 4 !== 0) ?? ''
}

function nodeRequest(rawHeaders: string[]): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.rawHeaders = rawHeaders
  return request
}

function json(stage: Stage, general: boolean): string {
  const parts = good(stage).split('.')
  const [protectedHeader, payload, signature] = [parts[0], parts[payloadAt(stage)], parts[payloadAt(stage) + 1]]
  const signed = { protected: protectedHeader, signature }
  return JSON.stringify(general ? { payload, signatures: [signed] } : { payload, ...signed })
}

/** Wrong before there is a token at all. */
const REQUESTS: readonly BadToken[] = [
  { number: 1, name: 'empty', make: () => '', reason: 'no_token', code: 'SESSION_MISSING' },
  {
    number: 2,
    name: "'Bearer ' only",
    make: () => ({ headers: { authorization: 'Bearer ' } }),
    reason: 'no_token',
    code: 'SESSION_MISSING',
  },
  {
    number: 3,
    name: 'two Authorization headers, in a Node request',
    make: (stage) => nodeRequest(['Authorization', `Bearer ${good(stage)}`, 'authorization', `Bearer ${good(stage)}`]),
    reason: 'several_tokens',
  },
  {
    number: 3,
    name: 'two Authorization headers, in a Fetch request',
    make: (stage) => {
      const headers = new Headers({ authorization: `Bearer ${good(stage)}` })
      headers.append('authorization', `Bearer ${good(stage)}`)
      return { headers }
    },
    reason: 'several_tokens',
  },
  {
    number: 3,
    name: 'two Authorization headers, in an object of lists',
    make: (stage) => ({ headers: { Authorization: [`Bearer ${good(stage)}`, 'Bearer x'] } }),
    reason: 'several_tokens',
  },
]

/** Wrong in how the token is spelt: what is refused before a key is touched. */
const SPELLINGS: readonly BadToken[] = [
  { number: 4, name: 'one part', make: (stage) => good(stage).replaceAll('.', ''), reason: 'not_compact' },
  { number: 5, name: 'two parts', make: firstParts(2), reason: 'not_compact' },
  { number: 6, name: 'four parts', make: firstParts(4), reason: 'not_compact' },
  { number: 7, name: 'five parts, an encrypted token', make: firstParts(5), on: isSigned, reason: 'not_compact' },
  {
    number: 8,
    name: 'a signed token where encrypted ones are expected',
    make: () => forgeToken(rsaSigner()),
    on: isEncrypted,
    reason: 'not_compact',
  },
  { number: 9, name: 'flattened JSON serialisation', make: (stage) => json(stage, false), reason: 'not_compact' },
  { number: 10, name: 'general JSON serialisation', make: (stage) => json(stage, true), reason: 'not_compact' },
  {
    number: 11,
    name: 'a polyglot of JSON and compact form',
    make: (stage) => `{"protected":"${good(stage)}"}`,
    reason: 'not_canonical',
  },
  { number: 12, name: "'=' padding on the signature", make: signature((each) => `${each}=`), reason: 'not_canonical' },
  { number: 13, name: "'=' padding on the header", make: header((each) => `${each}=`), reason: 'not_canonical' },
  { number: 14, name: "'=' padding on the payload", make: payload((each) => `${each}==`), reason: 'not_canonical' },
  { number: 15, name: 'a space inside the signature', make: signature((each) => middle(each, ' ')), reason: 'not_canonical' },
  { number: 16, name: 'a space inside the header', make: header((each) => middle(each, ' ')), reason: 'not_canonical' },
  { number: 17, name: 'a newline at the end', make: (stage) => `${good(stage)}\n`, reason: 'not_canonical' },
  { number: 18, name: 'a NUL', make: payload((each) => middle(each, '\0')), reason: 'not_canonical' },
  { number: 19, name: "standard base64 '+/'", make: signature((each) => `+/${each.slice(2)}`), reason: 'not_canonical' },
  { number: 20, name: 'an unused bit of the signature set', make: signature(flipUnusedBit), on: hasUnusedBits, reason: 'not_canonical' },
  {
    number: 21,
    name: 'an unused bit of the payload set',
    make: (stage) =>
      paddedPayload(stage)
        .split('.')
        .map((each, at) => (at === payloadAt(stage) ? flipUnusedBit(each) : each))
        .join('.'),
    reason: 'not_canonical',
  },
  { number: 22, name: 'a byte order mark in front', make: (stage) => `\ufeff${good(stage)}`, reason: 'not_canonical' },
  {
    number: 22,
    name: 'a byte order mark in the payload',
    make: signedPayload(`\ufeff${JSON.stringify(goodClaims())}`),
    reason: 'not_json',
  },
  { number: 23, name: 'percent-encoded dots', make: (stage) => good(stage).replaceAll('.', '%2E'), reason: 'not_compact' },
  {
    number: 24,
    name: 'UTF-16 bytes',
    make: (stage) => Buffer.from(good(stage), 'utf16le').toString('latin1'),
    reason: 'not_canonical',
  },
  {
    number: 25,
    name: 'one character over the limit',
    make: (stage) => good(stage) + 'A'.repeat(sizeLimit(stage) + 1 - good(stage).length),
    reason: 'too_large',
  },
  { number: 26, name: '5 MB', make: (stage) => good(stage) + 'A'.repeat(5_000_000), reason: 'too_large' },
  { number: 27, name: 'a header that is not JSON', make: signedHeader('{"alg":'), reason: 'not_json' },
  { number: 28, name: 'a header that is a JSON array', make: signedHeader('["alg"]'), reason: 'not_object' },
  {
    number: 29,
    name: 'a header with two alg',
    make: ({ signer }) => forgeToken(signer, { header: `{"alg":"none","kid":"${signer.kid}","alg":"${signer.alg}"}` }),
    reason: 'duplicate_member',
  },
  {
    number: 29,
    name: 'a header with two alg, one of them escaped',
    make: ({ signer }) => forgeToken(signer, { header: `{"al\\u0067":"none","kid":"${signer.kid}","alg":"${signer.alg}"}` }),
    reason: 'duplicate_member',
  },
  {
    number: 30,
    name: 'a header nested 10,000 deep',
    make: signedHeader(`{"alg":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    reason: 'too_large',
  },
  {
    number: 30,
    name: 'a header nested 2,500 deep',
    make: signedHeader(`{"alg":${'['.repeat(2500)}${']'.repeat(2500)}}`),
    reason: 'too_deep',
  },
  { number: 39, name: 'an empty payload', make: payload(() => ''), reason: 'not_canonical' },
  {
    number: 148,
    name: 'a server key in the place of a token',
    make: () => 'tl_live_4f9a2c_0123456789abcdef0123456789abcdef',
    reason: 'not_compact',
  },
  {
    number: 149,
    name: 'an opaque session id in the place of a token',
    make: () => Buffer.alloc(32, 7).toString('base64url'),
    reason: 'not_compact',
  },
]

/** Wrong in the text of the claims. */
const PAYLOADS: readonly BadToken[] = [
  { number: 31, name: 'a payload that is not JSON', make: signedPayload('sub=ada'), reason: 'not_json' },
  { number: 32, name: 'a payload that is an array', make: signedPayload('["ada"]'), reason: 'not_object' },
  { number: 33, name: 'a payload that is a string', make: signedPayload('"ada"'), reason: 'not_object' },
  {
    number: 34,
    name: 'a payload of invalid UTF-8',
    make: signedPayload(Buffer.concat([Buffer.from('{"sub":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])),
    reason: 'not_utf8',
  },
  {
    number: 35,
    name: 'two email',
    make: withText('"email":"a@example.com","email":"eve@example.com"'),
    reason: 'duplicate_member',
  },
  { number: 36, name: 'two exp', make: withText('"exp":99999999999'), reason: 'duplicate_member' },
  {
    number: 36,
    name: 'two members of one name, nested',
    make: withText('"a":[{"b":1,"b":2}]'),
    reason: 'duplicate_member',
  },
  {
    number: 37,
    name: 'a __proto__ claim',
    make: withText('"__proto__":{"admin":true}'),
    reason: 'member_not_allowed',
  },
  {
    number: 37,
    name: 'an escaped, nested __proto__ claim',
    make: withText('"a":{"\\u005f_proto__":{"admin":true}}'),
    reason: 'member_not_allowed',
  },
  {
    number: 38,
    name: 'a constructor.prototype claim',
    make: withText('"constructor":{"prototype":{"admin":true}}'),
    reason: 'member_not_allowed',
  },
  { number: 39, name: 'an empty payload, validly signed', make: signedPayload(''), on: isSigned, reason: 'not_canonical' },
  {
    number: 40,
    name: 'half a surrogate pair in the email',
    make: ({ signer }) =>
      forgeToken(signer, {
        payload: JSON.stringify({ ...goodClaims(signer), email: 'ada@example.com' }).replace('ada@', 'ada\\ud800@'),
      }),
    reason: 'not_well_formed',
  },
  {
    number: 40,
    name: 'half a surrogate pair in a member name',
    make: withText('"\\udc00":1'),
    reason: 'not_well_formed',
  },
]

export const FORM: readonly BadToken[] = [...REQUESTS, ...onlyOn(isWritten, SPELLINGS), ...PAYLOADS]
