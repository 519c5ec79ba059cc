import { describeValue } from '../options/describe-value.ts'
import type { TokenType } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'

/**
 * Keeps tokens made for another purpose (`logout+jwt`, `dpop+jwt`, …) from passing as sessions (RFC 8725, 3.11).
 * Media types are compared without regard to case, and `application/` may be written out (RFC 7515, 4.1.9).
 */
export function checkType({ typ }: { readonly typ?: string }, types: readonly TokenType[]): void {
  const name = (typ ?? 'JWT').toLowerCase().replace(/^application\//, '')
  if (types.some((type) => type.toLowerCase() === name)) return
  throw new SessionError('typ_not_allowed', { where: 'typ', expected: types.join(' or '), got: describeValue(typ) })
}
