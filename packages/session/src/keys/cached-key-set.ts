import { describeValue } from '../options/describe-value.ts'
import type { AsymmetricAlgorithm, FindKey, World } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import type { TokenHeader } from '../token/check-header.ts'
import { attemptSchedule } from './attempt-schedule.ts'
import { keySetStore } from './key-set-store.ts'
import type { StoredKeySet } from './key-store.ts'
import { keysOfSet } from './keys-of-set.ts'
import type { SetKey } from './keys-of-set.ts'
import { pickKey } from './pick-key.ts'

/** Past this age, keys are still used while a newer set is loaded in the background. */
const SOFT_LIFE_MS = 10 * 60_000
/** Past this age, keys are not used any more: the provider may have taken one back since. */
const HARD_LIFE_MS = 24 * 3_600_000

export interface KeySetSource {
  /** Names the set: in the store, and in what is shown. Holds no secret. */
  readonly address: string
  /** What follows the address, with its '?': sets that differ in it are stored apart, and it is shown nowhere. */
  readonly query: string
  readonly algorithms: readonly AsymmetricAlgorithm[]
  readonly load: (world: World) => Promise<unknown>
}

/** How a key set stands, for a gauge or a page. */
export interface KeySetState {
  readonly address: string
  /** Undefined while none was ever loaded. */
  readonly ageSeconds: number | undefined
  readonly keyCount: number
  /** Why the last load failed; undefined when it did not. */
  readonly failure: string | undefined
  /** Why the key store last failed; undefined when it did not. */
  readonly storeFailure: string | undefined
}

/**
 * Keeps the last good key set, so that sessions outlive the identity provider's outage, and with a key store a restart
 * during it.
 *
 * States: empty → (stored or loaded) fresh → (10 min) stale, refreshed behind the answer → (24 h) empty. A key that is not
 * in the set asks for a newer set at once, within the attempt schedule; a failed load changes nothing but that schedule.
 * @returns `findKey` throws SessionError `keys_unavailable` while empty, `unknown_kid` when the set has no fitting key; where no newer set
 *   could be asked for, with `retryAfterSeconds`.
 */
export function cachedKeySet({ address, query, algorithms, load }: KeySetSource) {
  const schedule = attemptSchedule()
  const store = keySetStore({ address, query, algorithms })
  let keys: readonly SetKey[] = []
  let loadedAtMs = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined
  /** How many were good. */
  let loads = 0
  let failure: unknown

  /** Loads, or joins the load under way; does nothing while the schedule says to wait. Never rejects. */
  function refresh(world: World): Promise<void> {
    if (!schedule.begin(world.now().getTime())) return loading ?? Promise.resolve()
    loading = reload(world).finally(() => (loading = undefined))
    return loading
  }

  async function reload(world: World): Promise<void> {
    try {
      adopt(keysOfSet(await load(world), algorithms), world.now().getTime())
      loads += 1
      failure = undefined
      schedule.succeeded()
      void store.save(world, { keys, loadedAtMs })
    } catch (error) {
      failure = error
      schedule.failed()
      store.readAgain()
    }
  }

  function adopt(newKeys: readonly SetKey[], newLoadedAtMs: number): void {
    keys = newKeys
    loadedAtMs = newLoadedAtMs
  }

  function adoptStored(stored: StoredKeySet): void {
    // A load may have been quicker than the store.
    if (keys.length === 0) adopt(keysOfSet(stored.document, algorithms), stored.loadedAtMs)
  }

  async function currentKeys(world: World): Promise<readonly SetKey[]> {
    if (keys.length === 0) await store.restore(world, adoptStored)
    if (isOlder(HARD_LIFE_MS, world)) await refresh(world)
    else if (isOlder(SOFT_LIFE_MS, world)) void refresh(world)
    if (isOlder(HARD_LIFE_MS, world)) throw new SessionError('keys_unavailable', { where: address, cause: failure })
    return keys
  }

  function isOlder(ageMs: number, { now }: World): boolean {
    // Either way: a clock that was set back makes keys no younger.
    return Math.abs(now().getTime() - loadedAtMs) > ageMs
  }

  const findKey: FindKey = async (header, world) => {
    const loadedBefore = loads
    const known = pickKey(await currentKeys(world), header)
    if (known) return usable(known)
    await refresh(world)
    const loaded = pickKey(keys, header)
    if (loaded) return usable(loaded)
    throw unknownKey(header, loads > loadedBefore ? 0 : schedule.waitMs(world.now().getTime()))
  }

  function describe(now: Date): KeySetState {
    const ageSeconds = keys.length === 0 ? undefined : (now.getTime() - loadedAtMs) / 1000
    const { failure: storeFailure } = store
    return { address, ageSeconds, keyCount: keys.length, failure: messageOf(failure), storeFailure: messageOf(storeFailure()) }
  }

  return { findKey, describe }
}

function messageOf(error: unknown): string | undefined {
  if (error === undefined) return undefined
  return error instanceof Error ? error.message : String(error)
}

async function usable(key: SetKey): Promise<CryptoKey> {
  try {
    return await key.cryptoKey()
  } catch (cause) {
    throw new SessionError('key_unusable', { where: 'kid', cause })
  }
}

/** @param waitMs  how long until the provider may be asked whether it has the key by now; 0: it was, and has not */
function unknownKey({ alg, kid }: TokenHeader, waitMs: number): SessionError {
  const retry = waitMs > 0 ? { retryAfterSeconds: Math.ceil(waitMs / 1_000) } : {}
  return new SessionError('unknown_kid', { where: 'kid', expected: `a key for ${alg}`, got: describeValue(kid), ...retry })
}
