import { fetchBounded, reasonOf } from './fetch-bounded.ts'

export const MAX_KEY_SET_BYTES = 256 * 1024
export const FETCH_TIMEOUT_MS = 5000

/**
 * Loads the JSON document at an address. Redirects are not followed, an answer over 256 KiB is given up while it
 * arrives, and the whole exchange has `timeoutMs` (5000 in use).
 * @param what the document, as the error calls it
 * @throws Error that names the address, without its query, and what went wrong.
 */
export async function fetchKeySet(
  url: URL,
  fetch: typeof globalThis.fetch,
  timeoutMs: number,
  what = 'key set',
): Promise<unknown> {
  const init = { headers: { accept: 'application/jwk-set+json, application/json' } }
  try {
    const { status, bytes } = await fetchBounded(url, { fetch, timeoutMs, maxBytes: MAX_KEY_SET_BYTES, init })
    if (status !== 200) throw new Error(`expected status 200, got ${status || 'a redirect'}`)
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Error(`the ${what} at ${url.origin}${url.pathname} could not be loaded: ${reasonOf(cause)}`, { cause })
  }
}
