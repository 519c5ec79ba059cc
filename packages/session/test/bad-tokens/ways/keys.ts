import type { BadToken } from '../../support/check-bad-tokens.ts'
import { forgeToken, goodHeader, inPlaceOf, withHeader } from '../../support/forge-token.ts'
import type { Stage } from '../../support/stages.ts'
import { ecSigner, edSigner, rsaSigner, secretSigner } from '../../support/signers.ts'
import type { Signer } from '../../support/signers.ts'
import { hasKeySet, isSigned, isWritten, onlyOn } from '../../support/traits.ts'

const STRANGERS: Readonly<Record<string, Signer>> = {
  HS256: secretSigner(),
  RS256: rsaSigner(),
  ES256: ecSigner(),
  ES384: ecSigner('e2', 'P-384'),
  EdDSA: edSigner(),
}

const kid = (kid: unknown) => ({ signer }: Stage) => withHeader(signer, { kid })
const extra = (members: Record<string, unknown>) => ({ signer }: Stage) => withHeader(signer, members)

/** A token that a stranger signed under the same algorithm and key id. */
function byStranger({ signer }: Stage): string {
  const stranger = STRANGERS[signer.alg]
  if (!stranger) throw new Error(`no stranger signs with ${signer.alg}`)
  return forgeToken(inPlaceOf(signer, stranger, goodHeader(signer)))
}

const attacker = rsaSigner('attacker')

const BAD_TOKENS: readonly BadToken[] = [
  { number: 73, name: 'an unknown kid', make: kid('nobody'), on: hasKeySet, reason: 'unknown_kid' },
  { number: 75, name: 'kid an object', make: kid({ $ne: '' }), reason: 'header_malformed' },
  { number: 75, name: 'kid empty', make: kid(''), reason: 'header_malformed' },
  { number: 76, name: 'kid of 10 KB', make: kid('k'.repeat(10_000)), on: isSigned, reason: 'too_large' },
  { number: 76, name: 'kid of 257 characters', make: kid('k'.repeat(257)), reason: 'header_malformed' },
  { number: 77, name: 'kid a path', make: kid('../../../dev/null'), on: hasKeySet, reason: 'unknown_kid' },
  { number: 78, name: 'kid a piece of SQL', make: kid("' or 1=1--"), reason: 'header_malformed' },
  { number: 79, name: 'kid with a line end', make: kid('a\r\nset-cookie:b'), reason: 'header_malformed' },
  {
    number: 80,
    name: 'jku to an attacker',
    make: extra({ jku: 'https://evil.example/jwks.json' }),
    reason: 'header_not_allowed',
  },
  {
    number: 81,
    name: 'jku to the cloud metadata address',
    make: extra({ jku: 'http://169.254.169.254/' }),
    reason: 'header_not_allowed',
  },
  { number: 82, name: 'x5u', make: extra({ x5u: 'https://evil.example/cert.pem' }), reason: 'header_not_allowed' },
  { number: 83, name: 'x5c of the sender', make: extra({ x5c: ['MIIB'] }), reason: 'header_not_allowed' },
  {
    number: 84,
    name: 'an embedded jwk that fits the signature',
    make: ({ signer }) => forgeToken(inPlaceOf(signer, attacker, { alg: 'RS256', jwk: attacker.publicJwk })),
    on: isSigned,
    reason: 'header_not_allowed',
  },
  {
    number: 94,
    name: 'kid in upper case',
    make: ({ signer }) => withHeader(signer, { kid: signer.kid.toUpperCase() }),
    on: hasKeySet,
    reason: 'unknown_kid',
  },
  { number: 95, name: 'signed by another under the same kid', make: byStranger, on: isSigned, reason: 'signature_mismatch' },
]

export const KEYS: readonly BadToken[] = onlyOn(isWritten, BAD_TOKENS)
