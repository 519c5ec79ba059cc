import { describeValue } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { TokenHeader } from '../token/check-header.ts'
import type { SetKey } from './keys-of-set.ts'

/**
 * The one key of the set that fits the token's algorithm and, if the token names one, its key id. Never guesses: when
 * several fit, the token is refused.
 * @returns undefined when no key fits, which a newer key set may mend.
 * @throws SessionError `kid_missing`, `kid_ambiguous`
 */
export function pickKey(keys: readonly SetKey[], { alg, kid }: TokenHeader): SetKey | undefined {
  const fitting = keys.filter((key) => key.algorithm === alg && (kid === undefined || key.kid === kid))
  if (fitting.length <= 1) return fitting[0]
  if (kid === undefined) throw new SessionError('kid_missing', { where: 'kid', got: `${fitting.length} keys for ${alg}` })
  throw new SessionError('kid_ambiguous', { where: 'kid', got: describeValue(kid) })
}
