import type { OptionRule } from './check-options.ts'

// The WHATWG parser has already turned 127.1, 0x7f000001 and the like into this form.
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** An address whose answer decides who may sign in: nobody on the way may be able to change it. */
export const KEY_SET_URL = {
  expected: 'an https address without user name or password (http only on localhost, 127.0.0.1 or [::1])',
  accepts: (value: unknown) => typeof value === 'string' && URL.canParse(value) && isTrustworthy(new URL(value)),
  secret: true,
} as const satisfies OptionRule

function isTrustworthy({ protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
}
