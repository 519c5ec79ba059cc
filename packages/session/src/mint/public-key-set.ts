import { keysOfSet } from '../keys/keys-of-set.ts'
import { ASYMMETRIC_ALGORITHMS } from '../presets/session-preset.ts'
import { publicPartOf } from './signing-key.ts'

/**
 * The key set to publish for those who verify what you sign: for `jwks({ url, issuer })`. Serve it as JSON over https, with a
 * `cache-control` of some minutes. To change keys, list the new one beside the old one first, sign with it some ten minutes later, and
 * take the old one away when its last token has expired.
 *
 * @param keys  the private keys that `mintSession` signs with, each with the `kid` that its tokens carry
 * @returns their public halves alone
 * @throws TypeError (as a rejection) that says what is wrong with a key and never shows any of it
 */
export async function publicKeySet(keys: readonly { privateKey: string | JsonWebKey; kid: string }[]): Promise<{ keys: JsonWebKey[] }> {
  const kids = new Set(keys.map(({ kid }) => kid))
  if (keys.length === 0 || kids.size < keys.length) throw new TypeError('publicKeySet: expected at least one key, each with a kid of its own')
  const published = { keys: await Promise.all(keys.map(async ({ privateKey, kid }) => ({ ...(await publicPartOf(privateKey)), kid, use: 'sig' }))) }
  // What we publish must be what we accept.
  keysOfSet(published, ASYMMETRIC_ALGORITHMS)
  return published
}
