import type { BadToken } from '../../support/check-bad-tokens.ts'
import { forgeToken, goodClaims } from '../../support/forge-token.ts'
import type { Stage } from '../../support/stages.ts'
import { isNamed, isOpaque, onlyOn } from '../../support/traits.ts'

const BY_FORM = isNamed('introspect')
const good = ({ signer }: Stage) => forgeToken(signer)
const answer = (payload: string | Record<string, unknown>) => ({ signer }: Stage) => forgeToken(signer, { payload })
const saying = (changes: Record<string, unknown>) => ({ signer }: Stage) =>
  forgeToken(signer, { payload: { ...goodClaims(signer), ...changes } })

/** Tokens that nobody could have made, of which the endpoint never hears. */
const SPELLINGS: readonly BadToken[] = [
  { number: 4, name: 'fifteen characters', make: () => 'x'.repeat(15), reason: 'too_small' },
  { number: 12, name: 'a blank inside', make: (stage) => `${good(stage)} x`, reason: 'token_malformed' },
  { number: 17, name: 'a newline at the end', make: (stage) => `${good(stage)}\n`, reason: 'token_malformed' },
  { number: 17, name: 'a header of its own', make: (stage) => `${good(stage)}\r\nx-admin: 1`, reason: 'token_malformed' },
  { number: 18, name: 'a NUL', make: (stage) => `${good(stage)}\0`, reason: 'token_malformed' },
  { number: 22, name: 'a byte order mark in front', make: (stage) => `\ufeff${good(stage)}`, reason: 'token_malformed' },
  { number: 23, name: 'a second cookie', make: (stage) => `${good(stage)};admin=1`, reason: 'token_malformed' },
  { number: 23, name: 'a second value', make: (stage) => `${good(stage)},x`, reason: 'token_malformed' },
  { number: 24, name: 'letters beyond ASCII', make: (stage) => `${good(stage)}é`, reason: 'token_malformed' },
  { number: 25, name: '4,097 characters', make: () => 'x'.repeat(4097), reason: 'too_large' },
  { number: 26, name: '5 MB', make: () => 'x'.repeat(5_000_000), reason: 'too_large' },
]

const ANSWERS: readonly BadToken[] = [
  { number: 73, name: 'a token that the endpoint does not know', make: () => 'unknown-0123456789', reason: 'token_inactive' },
  { number: 73, name: 'active false', make: saying({ active: false }), on: BY_FORM, reason: 'token_inactive' },
  { number: 73, name: "active 'true', as text", make: saying({ active: 'true' }), on: BY_FORM, reason: 'token_inactive' },
  { number: 73, name: 'active 1', make: saying({ active: 1 }), on: BY_FORM, reason: 'token_inactive' },
  { number: 73, name: 'no active', make: saying({ active: undefined }), on: BY_FORM, reason: 'token_inactive' },
  { number: 31, name: 'a page instead of JSON', make: answer('<!doctype html><title>Sign in</title>'), reason: 'not_json' },
  { number: 30, name: 'an answer nested 17 deep', make: answer(`{"a":${'['.repeat(17)}${']'.repeat(17)}}`), reason: 'too_deep' },
  {
    number: 26,
    name: 'an answer of more than 64 KiB',
    make: answer({ active: true, sub: 'ada', filler: 'x'.repeat(65_536) }),
    reason: 'keys_unavailable',
    code: 'SESSION_KEYS_UNAVAILABLE',
  },
  { number: 120, name: 'a subject that is a fraction', make: saying({ sub: 4.2 }), reason: 'claim_malformed' },
]

export const OPAQUE: readonly BadToken[] = onlyOn(isOpaque, [...SPELLINGS, ...ANSWERS])
