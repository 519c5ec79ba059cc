import type { Claims } from '../token/strict-json.ts'
import { claimAt } from './claim-at.ts'

/** What the token says of the person's email; an absent field means the token does not say. */
export interface EmailClaims {
  readonly email?: string
  readonly emailVerified?: boolean
}

const MAX_EMAIL_CHARACTERS = 254
// One @, no quotes, brackets, blanks or control characters, so no display name and nothing that could break a mail
// header. ASCII only: letters that look alike would let one person pass for another.
const LOCAL_PART = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const VERIFIED_PATHS = [['email_verified'], ['emailVerified']]

/**
 * Reads the email and whether it was verified. Never throws: a token without a usable email is a good session that
 * has no email. An email that its issuer calls unverified is not given out.
 * @param path names that lead to the email
 * @param verifiedPath names that lead to the flag. Default: `email_verified` and `emailVerified`; where both are, both count.
 */
export function readEmail(claims: Claims, path: readonly string[], verifiedPath?: readonly string[]): EmailClaims {
  const emailVerified = readVerified(claims, verifiedPath === undefined ? VERIFIED_PATHS : [verifiedPath])
  if (emailVerified === false) return { emailVerified }
  const email = normalEmail(claimAt(claims, path))
  return { ...(email !== undefined && { email }), ...(emailVerified !== undefined && { emailVerified }) }
}

/** The email with its domain in lower case, or undefined when it is not one. The local part keeps its case (RFC 5321, 2.4). */
export function normalEmail(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_EMAIL_CHARACTERS) return undefined
  const [local = '', domain = '', ...more] = value.split('@')
  const isEmail = more.length === 0 && LOCAL_PART.test(local) && DOMAIN.test(domain)
  return isEmail ? `${local}@${domain.toLowerCase()}` : undefined
}

/** Some providers send the text 'true'; whatever is neither true nor 'true' counts as unverified. */
function readVerified(claims: Claims, paths: readonly (readonly string[])[]): boolean | undefined {
  const said = paths.map((path) => claimAt(claims, path)).filter((value) => value !== undefined)
  return said.length === 0 ? undefined : said.every((value) => value === true || value === 'true')
}
