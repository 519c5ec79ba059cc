import { describeValue } from '../options/describe-value.ts'
import { isLoopback, KEY_SET_URL } from '../options/url-rule.ts'
import { FETCH_TIMEOUT_MS, fetchKeySet } from './fetch-key-set.ts'

export interface Discovery {
  readonly issuer: string
  /** Where the discovery document is (OpenID Connect Discovery 1.0, 4). */
  readonly url: URL
  readonly fetch: typeof globalThis.fetch
}

/**
 * Loads the key set to which an issuer's discovery document leads. Both documents have the limits of a key set.
 * @throws Error when the document is of another issuer (4.3), or leads to an address that anybody on the way could change.
 */
export async function loadDiscoveredKeys({ issuer, url, fetch }: Discovery): Promise<unknown> {
  const document: unknown = await fetchKeySet(url, fetch, FETCH_TIMEOUT_MS, 'discovery document')
  const said: unknown = Reflect.get(Object(document), 'issuer')
  if (said !== issuer) {
    const difference = `expected '${issuer}', got ${describeValue(said)}`
    throw new Error(`the discovery document is of another issuer: ${difference}; set \`issuer\` to its exact text`)
  }
  return fetchKeySet(keyAddress(Reflect.get(Object(document), 'jwks_uri'), url), fetch, FETCH_TIMEOUT_MS)
}

function keyAddress(said: unknown, from: URL): URL {
  const address = typeof said === 'string' && KEY_SET_URL.accepts(said) ? new URL(said) : undefined
  // Loopback is for trying things out: no issuer elsewhere has its keys on this machine.
  if (address && (!isLoopback(address) || isLoopback(from))) return address
  throw new Error(`the discovery document has no \`jwks_uri\` that is an https address, got ${describeValue(said)}`)
}
