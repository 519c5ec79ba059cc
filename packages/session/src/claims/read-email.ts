import type { Claims } from '../token/strict-json.ts'
import { claimAt } from './claim-at.ts'

/** What the token says of the person's email; an absent field means the token does not say. */
export interface EmailClaims {
  readonly email?: string
  readonly emailVerified?: boolean
}

/** Which emails count. */
export interface EmailPolicy {
  /**
   * `true`: only one that is said to be verified. `'if-present'`, the default: not one that is said to be unverified. `false`:
   * either.
   */
  readonly requireVerified?: boolean | 'if-present'
  /** Also letters beyond ASCII (RFC 6531), composed as Unicode's NFC. Default false: letters that look alike can deceive. */
  readonly international?: boolean
}

const MAX_EMAIL_BYTES = 254
// One @, no quotes, brackets, blanks or control characters, so no display name and nothing that could break a mail
// header. ASCII only: letters that look alike would let one person pass for another.
const LOCAL_PART = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const ANY_LOCAL_PART = /^[\w\p{L}\p{M}\p{N}.!#$%&'*+/=?^`{|}~-]{1,64}$/u
const ANY_DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u
const FLAGS = ['email_verified', 'emailVerified', 'email_verified_at']

/**
 * Reads the email and whether it was verified. Never throws: a token without a usable email is a good session that
 * has no email. An email that its issuer calls unverified is not given out, unless the policy says so.
 * @param path names that lead to the email
 * @param verifiedPath names that lead to the flag. Default: `email_verified`, `emailVerified` and `email_verified_at` (a date, or null), beside
 *   the email and on top; where several are, all count.
 */
export function readEmail(claims: Claims, path: readonly string[], verifiedPath?: readonly string[], policy?: EmailPolicy): EmailClaims {
  const emailVerified = readVerified(claims, verifiedPath === undefined ? verifiedPaths(path) : [verifiedPath])
  const email = acceptedEmail(claimAt(claims, path), emailVerified, policy)
  return { ...(email !== undefined && { email }), ...(emailVerified !== undefined && { emailVerified }) }
}

/** The email in its normal form, or undefined when it is none or the policy does not want it. */
export function acceptedEmail(value: unknown, isVerified: boolean | undefined, policy: EmailPolicy = {}): string | undefined {
  const { requireVerified = 'if-present', international = false } = policy
  if (requireVerified === true && isVerified !== true) return undefined
  if (requireVerified === 'if-present' && isVerified === false) return undefined
  return normalEmail(value, international)
}

/**
 * The email with its domain in lower case, or undefined when it is not one. The local part keeps its case (RFC 5321, 2.4).
 * @param international  takes letters beyond ASCII too
 */
export function normalEmail(value: unknown, international = false): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_EMAIL_BYTES) return undefined
  const composed = international ? value.normalize('NFC') : value
  if (international && new TextEncoder().encode(composed).length > MAX_EMAIL_BYTES) return undefined
  const [local = '', domain = '', ...more] = composed.split('@')
  const [localPart, anyDomain] = international ? [ANY_LOCAL_PART, ANY_DOMAIN] : [LOCAL_PART, DOMAIN]
  const isEmail = more.length === 0 && localPart.test(local) && anyDomain.test(domain)
  return isEmail ? `${local}@${domain.toLowerCase()}` : undefined
}

/** Beside `['user', 'email']` stands `['user', 'email_verified']`, and beside `['https://example.com/email']` `['https://example.com/email_verified']`. */
function verifiedPaths(path: readonly string[]): string[][] {
  const [, before = ''] = /^(.*)email$/.exec(path.at(-1) ?? '') ?? []
  return FLAGS.flatMap((flag) => [[...path.slice(0, -1), before + flag], [flag]])
}

/** Some providers send the text 'true', others when it was; whatever else is not true counts as unverified. */
function readVerified(claims: Claims, paths: readonly (readonly string[])[]): boolean | undefined {
  const said = paths.map((path) => ({ path, value: claimAt(claims, path) })).filter(({ value }) => value !== undefined)
  return said.length === 0 ? undefined : said.every(({ path, value }) => value === true || value === 'true' || (isOfMoments(path) && isMoment(value)))
}

function isOfMoments(path: readonly string[]): boolean {
  return /(?:_a|A)t$/.test(path.at(-1) ?? '')
}

function isMoment(value: unknown): boolean {
  const isDate = typeof value === 'number' || (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value))
  return isDate && new Date(value).getTime() > 0
}
