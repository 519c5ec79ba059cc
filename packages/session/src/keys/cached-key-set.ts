import { describeValue } from '../options/describe-value.ts'
import type { FindKey } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import type { TokenHeader } from '../token/check-header.ts'
import type { SetKey } from './keys-of-set.ts'
import { pickKey } from './pick-key.ts'
import { attemptSchedule } from './attempt-schedule.ts'

/** Past this age, keys are still used while a newer set is loaded in the background. */
const SOFT_LIFE_MS = 10 * 60_000
/** Past this age, keys are not used any more: the provider may have taken one back since. */
const HARD_LIFE_MS = 24 * 3_600_000

/**
 * Keeps the last good key set, so that sessions outlive the identity provider's outage.
 *
 * States: empty → (loaded) fresh → (10 min) stale, refreshed behind the answer → (24 h) empty. A key that is not in
 * the set asks for a newer set at once, within the attempt schedule; a failed load changes nothing but that schedule.
 * @returns throws SessionError `keys_unavailable` while empty, `unknown_kid` when the set has no fitting key.
 */
export function cachedKeySet(load: () => Promise<SetKey[]>): FindKey {
  const schedule = attemptSchedule()
  let keys: readonly SetKey[] = []
  let loadedAtMs = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined
  let failure: unknown

  /** Loads, or joins the load under way; does nothing while the schedule says to wait. Never rejects. */
  function refresh(now: () => Date): Promise<void> {
    if (!schedule.begin(now().getTime())) return loading ?? Promise.resolve()
    loading = reload(now).finally(() => (loading = undefined))
    return loading
  }

  async function reload(now: () => Date): Promise<void> {
    try {
      keys = await load()
      loadedAtMs = now().getTime()
      schedule.succeeded()
    } catch (error) {
      failure = error
      schedule.failed()
    }
  }

  async function currentKeys(now: () => Date): Promise<readonly SetKey[]> {
    if (isOlder(HARD_LIFE_MS, now)) await refresh(now)
    else if (isOlder(SOFT_LIFE_MS, now)) void refresh(now)
    if (isOlder(HARD_LIFE_MS, now)) throw new SessionError('keys_unavailable', { cause: failure })
    return keys
  }

  function isOlder(ageMs: number, now: () => Date): boolean {
    // Either way: a clock that was set back makes keys no younger.
    return Math.abs(now().getTime() - loadedAtMs) > ageMs
  }

  return async (header, now) => {
    const known = pickKey(await currentKeys(now), header)
    if (known) return usable(known)
    await refresh(now)
    const loaded = pickKey(keys, header)
    if (loaded) return usable(loaded)
    throw unknownKey(header)
  }
}

async function usable(key: SetKey): Promise<CryptoKey> {
  try {
    return await key.cryptoKey()
  } catch (cause) {
    throw new SessionError('key_unusable', { where: 'kid', cause })
  }
}

function unknownKey({ alg, kid }: TokenHeader): SessionError {
  return new SessionError('unknown_kid', { where: 'kid', expected: `a key for ${alg}`, got: describeValue(kid) })
}
