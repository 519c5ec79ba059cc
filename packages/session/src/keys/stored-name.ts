import { base64url } from 'jose'
import type { AsymmetricAlgorithm } from '../presets/session-preset.ts'

export interface StoredName {
  readonly address: string
  readonly query: string
  readonly algorithms: readonly AsymmetricAlgorithm[]
}

/**
 * Under what a key set is stored. Presets of one address may differ in the query, which may hold a credential and is digested, and in
 * the algorithms, which decide what is left of the set: none may read what another wrote.
 */
export async function storedNameOf({ address, query, algorithms }: StoredName): Promise<string> {
  const digest = query === '' ? '' : `?${base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(query))))}`
  return `${address}${digest} ${algorithms.join(',')}`
}
