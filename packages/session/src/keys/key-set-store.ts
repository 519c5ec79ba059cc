import type { World } from '../presets/session-preset.ts'
import { storedNameOf } from './stored-name.ts'
import type { StoredName } from './stored-name.ts'
import { once } from './once.ts'
import { readKeySet, writeKeySet } from './key-store.ts'
import type { StoredKeySet } from './key-store.ts'
import type { SetKey } from './keys-of-set.ts'

/**
 * What one key set does with the key store it is given: reads it until that worked once, writes it after each load. A store that fails is
 * remembered for `failure` and is never the reason that a session is refused.
 */
export function keySetStore(source: StoredName) {
  const name = once(() => storedNameOf(source))
  let restoring: Promise<void> | undefined
  let failure: unknown

  /** Whether it was done. Never rejects. */
  async function attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      failure = undefined
      return true
    } catch (error) {
      failure = error
      return false
    }
  }

  return {
    /** Reads what was stored, once there is a store that can be read; calls at the same time join. Never rejects. */
    restore({ keyStore }: World, use: (stored: StoredKeySet) => void): Promise<void> {
      if (keyStore === undefined) return Promise.resolve()
      restoring ??= attempt(async () => {
        const stored = await readKeySet(keyStore, await name())
        if (stored) use(stored)
      }).then((isDone) => void (restoring = isDone ? restoring : undefined))
      return restoring
    },
    /** Writes what was loaded. Never rejects. */
    async save({ keyStore }: World, loaded: { keys: readonly SetKey[]; loadedAtMs: number }): Promise<void> {
      if (keyStore !== undefined) await attempt(async () => writeKeySet(keyStore, await name(), loaded))
    },
    failure: () => failure,
  }
}
