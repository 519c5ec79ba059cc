import { normalEmail } from '../claims/read-email.ts'
import { isSubject, SUBJECT_FORM } from '../claims/read-subject.ts'
import { checkOptions } from '../options/check-options.ts'
import type { OptionRules } from '../options/check-options.ts'
import { SECRET } from '../options/secret-rule.ts'
import { EXACT_TEXT, FUNCTION, KEY_ID } from '../options/text-rules.ts'
import { SessionError } from '../session-error.ts'
import { parseStrictJson } from '../token/strict-json.ts'
import { parseDuration } from './parse-duration.ts'
import type { SigningOptions } from './signing-key.ts'

export interface MintOptions extends SigningOptions {
  /** The user's id at your site, 1 to 255 characters. */
  sub: string
  email?: string | undefined
  /** Leave out when you do not know; with `false` the email is not used. */
  emailVerified?: boolean | undefined
  /** How long the token is good: '5m' (units s, m, h, d) or whole seconds, 1 second to 24 hours. Default 5 minutes. */
  ttl?: string | number | undefined
  /** The HS256 key, at least 32 bytes. Either this or `privateKey`. */
  secret?: string | Uint8Array | undefined
  /** PEM (`-----BEGIN PRIVATE KEY-----`) or JWK: RSA of 2048 to 8192 bits, P-256, P-384 or Ed25519. */
  privateKey?: string | JsonWebKey | undefined
  /** The id under which the public key is published, 1 to 256 printable ASCII characters. Default: the JWK's `kid`, if any. */
  kid?: string | undefined
  issuer?: string | undefined
  audience?: string | undefined
  /** Further claims, as JSON. */
  claims?: Readonly<Record<string, unknown>> | undefined
  /** The clock. Default: the system's. */
  now?: (() => Date) | undefined
  /** Makes the `jti`. Default: a random UUID. */
  newId?: (() => string) | undefined
}

const DEFAULT_TTL_SECONDS = 5 * 60
const MAX_TTL_SECONDS = 24 * 3600
const OWN_CLAIMS = ['iss', 'aud', 'sub', 'email', 'email_verified', 'emailVerified', 'iat', 'exp', 'nbf', 'jti']

const RULES: OptionRules = {
  sub: { expected: SUBJECT_FORM, accepts: (value) => isSubject(value) && value.isWellFormed(), required: true },
  email: { expected: 'an email address', accepts: (value) => normalEmail(value, true) !== undefined, secret: true },
  emailVerified: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  ttl: {
    expected: "'5m' or whole seconds, from 1 second to 24 hours",
    accepts: (value) => isLifetime(typeof value === 'string' ? parseDuration(value) : value),
  },
  secret: SECRET,
  privateKey: {
    expected: 'a private key, as PEM text or JWK object',
    accepts: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null),
    secret: true,
  },
  kid: KEY_ID,
  issuer: EXACT_TEXT,
  audience: EXACT_TEXT,
  claims: {
    expected: `a JSON object, nested less than 16 levels, without ${OWN_CLAIMS.join(', ')}`,
    accepts: isClaims,
    secret: true,
  },
  now: FUNCTION,
  newId: FUNCTION,
}

/** @throws TypeError that names every wrong option. */
export function checkMintOptions(options: MintOptions): void {
  checkOptions('mintSession', options, RULES)
}

export function lifetimeSeconds(ttl: string | number | undefined): number {
  if (ttl === undefined) return DEFAULT_TTL_SECONDS
  return typeof ttl === 'number' ? ttl : (parseDuration(ttl) ?? DEFAULT_TTL_SECONDS)
}

function isLifetime(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_TTL_SECONDS
}

/** True when the claims come out of JSON as verifySession wants them: no half surrogates, no refused names. */
function isClaims(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || OWN_CLAIMS.some((name) => Object.hasOwn(value, name))) return false
  try {
    return !Array.isArray(value) && parseStrictJson(new TextEncoder().encode(JSON.stringify(value)), 'claims') !== undefined
  } catch (error) {
    // JSON.stringify throws TypeError for circles and BigInt.
    if (error instanceof SessionError || error instanceof TypeError) return false
    throw error
  }
}
