import { MAX_KEY_SET_BYTES } from './fetch-key-set.ts'
import type { SetKey } from './keys-of-set.ts'

/**
 * Where key sets survive a restart: a table, a file, an edge runtime's KV. Whoever can write to it can sign in as anybody,
 * so it belongs where your other secrets are.
 */
export interface KeyStore {
  /**
   * The text last written under this name, or undefined.
   * @param name  the set's address, what its query digests to, and the algorithms: up to 2,500 characters
   */
  read(name: string): Promise<string | undefined>
  write(name: string, text: string): Promise<void>
}

/** A key set and when its provider gave it out. */
export interface StoredKeySet {
  readonly loadedAtMs: number
  readonly document: unknown
}

const STORE_TIMEOUT_MS = 2000

/**
 * Reads what was stored, in 2 seconds. What is too long or not of our making counts as an error, never as keys.
 * @returns undefined when nothing is stored.
 */
export async function readKeySet(store: KeyStore, name: string): Promise<StoredKeySet | undefined> {
  const text = await inTime(store.read(name))
  if (text === undefined) return undefined
  const isText = typeof text === 'string' && text.length <= MAX_KEY_SET_BYTES
  if (!isText) throw new Error('the stored key set is not a text of at most 256 KiB')
  const stored: unknown = JSON.parse(text)
  const loadedAtMs: unknown = Reflect.get(Object(stored), 'loadedAtMs')
  if (typeof loadedAtMs !== 'number') throw new Error('the stored key set does not say when it was loaded')
  return { loadedAtMs, document: stored }
}

export async function writeKeySet(store: KeyStore, name: string, { keys, loadedAtMs }: WrittenKeySet): Promise<void> {
  const publicKeys = keys.map(({ jwk, kid, algorithm }) => ({ ...jwk, kid, alg: algorithm }))
  await inTime(store.write(name, JSON.stringify({ loadedAtMs, keys: publicKeys })))
}

interface WrittenKeySet {
  readonly keys: readonly SetKey[]
  readonly loadedAtMs: number
}

/** A store that hangs must not hang every session. */
function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the key store took longer than ${STORE_TIMEOUT_MS} ms`)), STORE_TIMEOUT_MS)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
