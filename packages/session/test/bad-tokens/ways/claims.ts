import type { BadToken } from '../../support/check-bad-tokens.ts'
import { forgeToken, goodClaims, withClaims, withHeader } from '../../support/forge-token.ts'
import type { Members } from '../../support/forge-token.ts'
import { NOW_SECONDS } from '../../support/moment.ts'
import type { Stage } from '../../support/stages.ts'
import { hasAudience, hasIssuer, hasLongestLife, isWritten } from '../../support/traits.ts'

const DAY_SECONDS = 86_400

const claims = (changes: Members) => ({ signer }: Stage) => withClaims(signer, changes)
const text = (from: RegExp, to: string) => ({ signer }: Stage) =>
  forgeToken(signer, { payload: JSON.stringify(goodClaims(signer)).replace(from, to) })
const issuer = (change: (iss: string) => unknown) => ({ signer }: Stage) =>
  withClaims(signer, { iss: change(String(goodClaims(signer).iss)) })
const audience = (change: (aud: unknown) => unknown) => ({ signer }: Stage) =>
  withClaims(signer, { aud: change(goodClaims(signer).aud) })
const subject = (value: unknown) => ({ signer, preset }: Stage) => withClaims(signer, { [preset.subjectPath[0] ?? 'sub']: value })
const type = (typ: unknown) => ({ signer }: Stage) => withHeader(signer, { typ })

export const CLAIMS: readonly BadToken[] = [
  { number: 96, name: 'no exp', make: claims({ exp: undefined }), on: isWritten, reason: 'claim_missing' },
  { number: 97, name: 'exp a string', make: claims({ exp: `${NOW_SECONDS + 300}` }), reason: 'claim_malformed' },
  { number: 98, name: 'exp 1e999', make: text(/"exp":\d+/, '"exp":1e999'), reason: 'number_not_finite' },
  {
    number: 99,
    name: 'exp past by tolerance + 1 s',
    make: claims({ exp: NOW_SECONDS - 31 }),
    reason: 'expired',
    code: 'SESSION_EXPIRED',
  },
  { number: 100, name: 'exp 1e20', make: claims({ exp: 1e20 }), reason: 'lifetime_too_long' },
  {
    number: 100,
    name: 'exp 401 days ahead',
    make: claims({ exp: NOW_SECONDS + 401 * DAY_SECONDS }),
    reason: 'lifetime_too_long',
  },
  { number: 101, name: 'exp null', make: claims({ exp: null }), reason: 'claim_malformed' },
  { number: 101, name: 'exp negative', make: claims({ exp: -1 }), reason: 'claim_malformed' },
  { number: 102, name: 'nbf in the future', make: claims({ nbf: NOW_SECONDS + 31 }), reason: 'not_yet_valid' },
  { number: 102, name: 'nbf a string', make: claims({ nbf: '0' }), reason: 'claim_malformed' },
  { number: 103, name: 'iat in the future', make: claims({ iat: NOW_SECONDS + 31 }), reason: 'not_yet_valid' },
  { number: 103, name: 'iat an object', make: claims({ iat: {} }), reason: 'claim_malformed' },
  { number: 104, name: 'no iat', make: claims({ iat: undefined }), on: hasLongestLife, reason: 'claim_missing' },
  {
    number: 105,
    name: 'a life one second longer than the longest',
    make: ({ signer, preset }) => withClaims(signer, { exp: NOW_SECONDS - 9 + (preset.maxLifetimeSeconds ?? 0) }),
    on: hasLongestLife,
    reason: 'lifetime_too_long',
  },
  { number: 106, name: 'iss missing', make: claims({ iss: undefined }), on: hasIssuer, reason: 'claim_missing' },
  {
    number: 107,
    name: 'iss of another tenant',
    make: claims({ iss: 'https://other.example.com/' }),
    on: hasIssuer,
    reason: 'issuer_mismatch',
  },
  {
    number: 108,
    name: 'iss without its trailing slash, or with one too many',
    make: issuer((iss) => (iss.endsWith('/') ? iss.slice(0, -1) : `${iss}/`)),
    on: hasIssuer,
    reason: 'issuer_mismatch',
  },
  {
    number: 109,
    name: 'iss in upper case',
    make: issuer((iss) => iss.toUpperCase()),
    on: hasIssuer,
    reason: 'issuer_mismatch',
  },
  { number: 110, name: 'iss an array', make: issuer((iss) => [iss]), on: hasIssuer, reason: 'claim_malformed' },
  {
    number: 111,
    name: 'iss with ours as its beginning',
    make: issuer((iss) => `${iss}.evil`),
    on: hasIssuer,
    reason: 'issuer_mismatch',
  },
  { number: 112, name: 'aud missing', make: claims({ aud: undefined }), on: hasAudience, reason: 'claim_missing' },
  {
    number: 113,
    name: 'aud of another',
    make: claims({ aud: 'https://other.example.com' }),
    on: hasAudience,
    reason: 'audience_mismatch',
  },
  {
    number: 114,
    name: 'aud a list without ours',
    make: claims({ aud: ['a', 'b'] }),
    on: hasAudience,
    reason: 'audience_mismatch',
  },
  { number: 114, name: 'aud an empty list', make: claims({ aud: [] }), on: hasAudience, reason: 'audience_mismatch' },
  {
    number: 114,
    name: 'aud a list with an object',
    make: audience((aud) => [aud, {}].flat()),
    on: hasAudience,
    reason: 'claim_malformed',
  },
  { number: 115, name: "aud '*'", make: claims({ aud: '*' }), on: hasAudience, reason: 'audience_mismatch' },
  { number: 118, name: 'sub missing', make: subject(undefined), reason: 'claim_missing' },
  { number: 119, name: 'sub empty', make: subject(''), reason: 'claim_malformed' },
  { number: 120, name: 'sub an object', make: subject({ id: 'ada' }), reason: 'claim_malformed' },
  { number: 121, name: 'sub of 4 KB', make: subject('a'.repeat(4096)), reason: 'claim_malformed' },
  { number: 121, name: 'sub of 256 characters', make: subject('a'.repeat(256)), reason: 'claim_malformed' },
  { number: 121, name: 'sub with a line end', make: subject('ada\r\n'), reason: 'claim_malformed' },
  { number: 133, name: "typ 'logout+jwt'", make: type('logout+jwt'), on: isWritten, reason: 'typ_not_allowed' },
  { number: 134, name: "typ 'dpop+jwt'", make: type('dpop+jwt'), on: isWritten, reason: 'typ_not_allowed' },
  {
    number: 134,
    name: "typ 'at+jwt' where it is not configured",
    make: type('at+jwt'),
    on: (stage) => isWritten(stage) && !stage.preset.types.includes('at+jwt'),
    reason: 'typ_not_allowed',
  },
  { number: 134, name: 'typ a number', make: type(1), on: isWritten, reason: 'header_malformed' },
  {
    number: 147,
    name: 'a token for another site',
    make: claims({ aud: 'other-site' }),
    on: hasAudience,
    reason: 'audience_mismatch',
  },
  {
    number: 99,
    name: 'exp past and aud of another: not told that only the time is wrong',
    make: claims({ exp: NOW_SECONDS - 3600, aud: 'other-site' }),
    on: hasAudience,
    reason: 'audience_mismatch',
  },
  {
    number: 99,
    name: 'exp past and iss of another: not told that only the time is wrong',
    make: claims({ exp: NOW_SECONDS - 3600, iss: 'https://other.example.com/' }),
    on: hasIssuer,
    reason: 'issuer_mismatch',
  },
  {
    number: 99,
    name: 'exp past and sub missing: not told that only the time is wrong',
    make: ({ signer, preset }) => withClaims(signer, { exp: NOW_SECONDS - 3600, [preset.subjectPath[0] ?? 'sub']: undefined }),
    reason: 'claim_missing',
  },
]
