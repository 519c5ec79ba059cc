import { SessionError } from '../session-error.ts'
import { canonicalBytes } from './canonical-bytes.ts'
import { checkHeader } from './check-header.ts'
import type { TokenHeader } from './check-header.ts'
import { checkLength } from './check-length.ts'
import { parseStrictJson } from './strict-json.ts'
import type { Claims } from './strict-json.ts'

/** A token that is well-formed. Its signature has NOT been checked: no claim may be believed yet. */
export interface ParsedToken {
  readonly form: 'signed'
  readonly compact: string
  readonly header: TokenHeader
  readonly claims: Claims
}

export const MIN_TOKEN_CHARACTERS = 20
export const MAX_TOKEN_CHARACTERS = 8192

/**
 * Takes a signed token apart. Each token has exactly one accepted spelling, so the raw text (or its hash) can serve
 * as a cache or replay key.
 * @throws SessionError `SESSION_INVALID`
 */
export function parseToken(compact: string): ParsedToken {
  checkLength(compact, MIN_TOKEN_CHARACTERS, MAX_TOKEN_CHARACTERS)
  const [header, payload] = canonicalParts(compact)
  return {
    form: 'signed',
    compact,
    header: checkHeader(parseStrictJson(header, 'header')),
    claims: parseStrictJson(payload, 'payload'),
  }
}

function canonicalParts(compact: string): [header: Uint8Array, payload: Uint8Array] {
  const [header, payload, signature, ...more] = compact.split('.')
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw new SessionError('not_compact', { expected: 'three parts', got: `${compact.split('.').length}` })
  }
  canonicalBytes(signature, 'signature')
  return [canonicalBytes(header, 'header'), canonicalBytes(payload, 'payload')]
}
