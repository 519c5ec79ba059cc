import type { World } from '../presets/session-preset.ts'
import { storedNameOf } from './stored-name.ts'
import type { StoredName } from './stored-name.ts'
import { once } from './once.ts'
import { readKeySet, writeKeySet } from './key-store.ts'
import type { StoredKeySet } from './key-store.ts'
import type { SetKey } from './keys-of-set.ts'

/**
 * What one key set does with the key store it is given: reads it once, writes it after each load. A store that fails is
 * remembered for `failure` and is never the reason that a session is refused.
 */
export function keySetStore(source: StoredName) {
  const name = once(() => storedNameOf(source))
  let restoring: Promise<void> | undefined
  let failure: unknown

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      failure = undefined
    } catch (error) {
      failure = error
    }
  }

  return {
    /** Reads what was stored, the first time that there is a store; later calls join that one. Never rejects. */
    restore({ keyStore }: World, use: (stored: StoredKeySet) => void): Promise<void> {
      if (keyStore === undefined) return Promise.resolve()
      restoring ??= attempt(async () => {
        const stored = await readKeySet(keyStore, await name())
        if (stored) use(stored)
      })
      return restoring
    },
    /** Lets the next `restore` read once more, where the store failed last. */
    readAgain(): void {
      if (failure !== undefined) restoring = undefined
    },
    /** Writes what was loaded. Never rejects. */
    save({ keyStore }: World, loaded: { keys: readonly SetKey[]; loadedAtMs: number }): Promise<void> {
      return keyStore === undefined ? Promise.resolve() : attempt(async () => writeKeySet(keyStore, await name(), loaded))
    },
    failure: () => failure,
  }
}
