import type { AsymmetricAlgorithm } from '../presets/session-preset.ts'
import { once } from './once.ts'
import { importPublicKey, readPublicJwk } from './public-jwk.ts'
import type { KeyReading, PublicKey } from './public-jwk.ts'

/** A key of a set; it is imported when the first token asks for it. */
export interface SetKey extends PublicKey {
  readonly cryptoKey: () => Promise<CryptoKey>
}

const MAX_KEYS = 100

/**
 * Takes the keys of a JWK set (RFC 7517, 5) that may verify our tokens. Keys for encryption, shared secrets, private
 * keys, weak RSA and algorithms outside the list are left out.
 * @throws Error when it is not a key set, has more than 100 keys, or none that can be used.
 */
export function keysOfSet(document: unknown, algorithms: readonly AsymmetricAlgorithm[]): SetKey[] {
  const keys = listedKeys(document)
  if (keys.length > MAX_KEYS) throw new Error(`the key set has ${keys.length} keys; at most ${MAX_KEYS} are read`)
  const readings = keys.map(readPublicJwk)
  const usable = readings.filter((reading) => 'algorithm' in reading).filter(({ algorithm }) => algorithms.includes(algorithm))
  if (usable.length === 0) throw new Error(`the key set has no key for ${algorithms.join(', ')}: ${problemsOf(readings)}`)
  return usable.map((key) => ({ ...key, cryptoKey: once(() => importPublicKey(key)) }))
}

function listedKeys(document: unknown): unknown[] {
  const isSet = typeof document === 'object' && document !== null && 'keys' in document
  if (!isSet || !Array.isArray(document.keys)) throw new Error('the document is not a key set: it has no list of keys')
  return document.keys
}

function problemsOf(readings: readonly KeyReading[]): string {
  const problems = readings.flatMap((reading) => ('problem' in reading ? `one ${reading.problem}` : []))
  if (problems.length > 0) return problems.slice(0, 3).join(', ')
  const others = new Set(readings.flatMap((reading) => ('algorithm' in reading ? reading.algorithm : [])))
  return others.size > 0 ? `all keys are for ${[...others].join(', ')}` : 'it is empty'
}
