import type { cachedKeySet, KeySetState } from './cached-key-set.ts'

export type CachedKeySet = ReturnType<typeof cachedKeySet>

/**
 * Key sets that presets share: for `verifySession(…, { keySets })`. Where presets are made again and again, such as for the rows of a
 * table of customers, those of one address then load their keys once, on one schedule.
 */
export interface SharedKeySets {
  /** How each set stands that was used lately. */
  describe(now: Date): KeySetState[]
  /** For presets: the set of this name, made when there is none. */
  get(name: string, make: () => CachedKeySet): CachedKeySet
}

const MAX_KEY_SETS = 10_000

/** @returns a place for at most 10,000 key sets; past that, the one that was not used for longest is loaded again when it is wanted. */
export function sharedKeySets(): SharedKeySets {
  const sets = new Map<string, CachedKeySet>()

  return {
    describe: (now) => [...sets.values()].map((set) => set.describe(now)),
    get(name, make) {
      const set = sets.get(name) ?? make()
      // A map keeps the order of insertion: the first is the one that was used least recently.
      sets.delete(name)
      sets.set(name, set)
      const [oldest] = sets.keys()
      if (sets.size > MAX_KEY_SETS && oldest !== undefined) sets.delete(oldest)
      return set
    },
  }
}
