import type { OptionRule } from './check-options.ts'

// The WHATWG parser has already turned 127.1, 0x7f000001 and the like into this form.
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** An address whose answer decides who may sign in: nobody on the way may be able to change it. */
export const KEY_SET_URL = {
  expected: 'an https address without user name or password (http only on localhost, 127.0.0.1 or [::1])',
  accepts: (value: unknown) => typeof value === 'string' && URL.canParse(value) && isTrustworthy(new URL(value)),
  secret: true,
} as const satisfies OptionRule

/** The address of an issuer: written once, in the form in which tokens name it. */
export const ISSUER_URL = {
  expected: 'an https address (http only on localhost, 127.0.0.1 or [::1]) without query, fragment or blanks around it',
  accepts: (value: unknown) => KEY_SET_URL.accepts(value) && typeof value === 'string' && /^[^\s?#]+$/.test(value),
  secret: true,
} as const satisfies OptionRule

/** As `ISSUER_URL`, for providers whose issuer never ends in a slash. */
export const BARE_ISSUER_URL = {
  expected: `${ISSUER_URL.expected}, and without a slash at its end`,
  accepts: (value: unknown) => ISSUER_URL.accepts(value) && typeof value === 'string' && !value.endsWith('/'),
  secret: true,
} as const satisfies OptionRule

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname)
}

function isTrustworthy(url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
}
