import type { KeyStore } from '@trackline/session'
import { LRUCache } from 'lru-cache'
import type { Store } from '../outbox/store.ts'

const MAX_REMEMBERED = 10_000

export interface KeyStoreParts {
  store: Pick<Store, 'readKeySet' | 'writeKeySet'>
  now: () => Date
  /** A provider has taken back a key: what was verified with it must be verified again. */
  onKeyRemoved: () => void
}

/** Keeps the key sets of identity providers in the store, so that a restart during a provider's outage has them. */
export function createKeyStore({ store, now, onKeyRemoved }: KeyStoreParts): KeyStore {
  const latest = new LRUCache<string, string>({ max: MAX_REMEMBERED })

  return {
    async read(name) {
      const text = await store.readKeySet(name)
      if (text !== undefined) latest.set(name, text)
      return text
    },
    async write(name, text) {
      const before = latest.get(name)
      latest.set(name, text)
      if (before !== undefined && lacksOneOf(keysIn(before), keysIn(text))) onKeyRemoved()
      await store.writeKeySet({ name, text, now: now().getTime() })
    },
  }
}

/** The keys as texts: one whose id stays but whose bytes change is another key. Of a text that is not ours, none. */
function keysIn(text: string): string[] {
  try {
    const keys: unknown = Reflect.get(Object(JSON.parse(text)), 'keys')
    return Array.isArray(keys) ? keys.map((key) => JSON.stringify(key)) : []
  } catch {
    return []
  }
}

function lacksOneOf(before: readonly string[], now: readonly string[]): boolean {
  return before.some((key) => !now.includes(key))
}
