import { base64url } from 'jose'
import { SessionError } from '../session-error.ts'
import { checkHeader } from './check-header.ts'
import type { TokenHeader } from './check-header.ts'
import { parseStrictJson } from './strict-json.ts'
import type { Claims } from './strict-json.ts'

/** A token that is well-formed. Its signature has NOT been checked: no claim may be believed yet. */
export interface ParsedToken {
  readonly compact: string
  readonly header: TokenHeader
  readonly claims: Claims
}

export const MIN_TOKEN_CHARACTERS = 20
export const MAX_TOKEN_CHARACTERS = 8192
const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * Takes a signed token apart. Each token has exactly one accepted spelling, so the raw text (or its hash) can serve
 * as a cache or replay key.
 * @throws SessionError `SESSION_INVALID`
 */
export function parseToken(compact: string): ParsedToken {
  checkLength(compact)
  const [header, payload] = canonicalParts(compact)
  return {
    compact,
    header: checkHeader(parseStrictJson(header, 'header')),
    claims: parseStrictJson(payload, 'payload'),
  }
}

// First of all checks, so that five megabytes cost no more than their length.
function checkLength({ length }: string): void {
  const got = `${length} characters`
  if (length < MIN_TOKEN_CHARACTERS) throw new SessionError('too_small', { expected: `at least ${MIN_TOKEN_CHARACTERS}`, got })
  if (length > MAX_TOKEN_CHARACTERS) throw new SessionError('too_large', { expected: `at most ${MAX_TOKEN_CHARACTERS}`, got })
}

function canonicalParts(compact: string): [header: Uint8Array, payload: Uint8Array] {
  const [header, payload, signature, ...more] = compact.split('.')
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw new SessionError('not_compact', { expected: 'three parts', got: `${compact.split('.').length}` })
  }
  canonicalBytes(signature, 'signature')
  return [canonicalBytes(header, 'header'), canonicalBytes(payload, 'payload')]
}

/** The last character of a part carries unused bits: four spellings decode alike, and one of them encodes back. */
function canonicalBytes(part: string, where: string): Uint8Array {
  if (!BASE64URL.test(part) || part.length % 4 === 1) throw new SessionError('not_canonical', { where })
  const bytes = base64url.decode(part)
  if (base64url.encode(bytes) !== part) throw new SessionError('not_canonical', { where })
  return bytes
}
