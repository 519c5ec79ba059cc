import { fetchBounded, reasonOf } from '../keys/fetch-bounded.ts'
import { SessionError } from '../session-error.ts'
import { parseStrictJson } from '../token/strict-json.ts'
import type { Claims } from '../token/strict-json.ts'

export interface Endpoint {
  readonly url: URL
  readonly send: 'form' | 'bearer' | 'cookie'
  /** The name under which a token is sent as a cookie. */
  readonly cookie?: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly fetch?: typeof globalThis.fetch
}

/** Asks whose a token is; `fetch` is used where the endpoint was given none. */
export type Ask = (token: string, fetch?: typeof globalThis.fetch) => Promise<Claims>

const TIMEOUT_MS = 5000
const MAX_ANSWER_BYTES = 64 * 1024
const JSON_ONLY = { accept: 'application/json' }
// What an address for browsers answers when nobody is signed in: nothing, a refusal, or the way to a sign-in page.
const NOBODY: ReadonlySet<number> = new Set([0, 204, 301, 302, 303, 307, 308, 401, 403, 404])

/**
 * @returns a function that throws SessionError `token_inactive` when nobody is signed in with the token, `keys_unavailable`
 *   when the endpoint does not say, and those of an answer that is not well-formed JSON.
 */
export function askEndpoint(endpoint: Endpoint): Ask {
  return async (token, fetch) => {
    const { status, bytes } = await answerOf({ ...endpoint, fetch: endpoint.fetch ?? fetch ?? globalThis.fetch }, token)
    if (endpoint.send !== 'form' && NOBODY.has(status)) throw new SessionError('token_inactive', { got: `status ${status}` })
    if (status !== 200) throw unavailable(endpoint, new Error(`expected status 200, got ${status}`))
    const answer = parseStrictJson(bytes, 'answer')
    if (endpoint.send === 'form' && answer.active !== true) throw new SessionError('token_inactive')
    return answer
  }
}

async function answerOf(endpoint: Required<Pick<Endpoint, 'fetch'>> & Endpoint, token: string) {
  const { url, fetch } = endpoint
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES }
  try {
    return await fetchBounded(url, { fetch, init: requestFor(endpoint, token), ...limits })
  } catch (error) {
    throw unavailable(endpoint, error)
  }
}

function requestFor({ send, cookie, clientId, clientSecret }: Endpoint, token: string): RequestInit {
  if (send === 'bearer') return { headers: { ...JSON_ONLY, authorization: `Bearer ${token}` } }
  if (send === 'cookie') return { headers: { ...JSON_ONLY, cookie: `${cookie}=${token}` } }
  const credentials = clientId === undefined ? {} : { authorization: `Basic ${basic(clientId, clientSecret ?? '')}` }
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' })
  return { method: 'POST', headers: { ...JSON_ONLY, ...credentials }, body }
}

/** Both parts are form-encoded first (RFC 6749, 2.3.1), so a colon in the id does not move the border. */
function basic(clientId: string, clientSecret: string): string {
  return btoa([clientId, clientSecret].map((part) => new URLSearchParams({ part }).toString().slice('part='.length)).join(':'))
}

function unavailable({ url }: Endpoint, error: unknown): SessionError {
  const address = `${url.origin}${url.pathname}`
  // A message of its own: what fetch throws may quote the request.
  const cause = new Error(`${address} did not say whose the token is: ${reasonOf(error)}`)
  return new SessionError('keys_unavailable', { where: address, cause })
}
