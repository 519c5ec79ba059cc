import { guardedFetch } from '../guarded-fetch/guarded-fetch.ts'
import { SourceUnavailable } from '../email-source.ts'
import type { Circumstances, Found, LookupSource, PersonQuery } from '../email-source.ts'
import { askJson, emailIn } from './ask-json.ts'
import { isHttpUrl, requireOption } from './source-options.ts'

const DISCOVERY_LIFE_MS = 24 * 3_600_000
const MAX_ISSUERS = 1_000

export interface UserinfoOptions {
  /** The endpoint. Default: the one that the issuer's discovery document names. */
  url?: string
  allowPrivate?: boolean
}

/**
 * The email is what the identity provider answers to the person's own token, at its OpenID Connect userinfo endpoint. The token needs
 * the scopes `openid` and `email`.
 *
 * The token is at hand only in the process that took the event, in memory, until it expires: see docs/configuration.md for what happens
 * after a restart.
 * @throws TypeError for a `url` that is no address
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
 */
export function userinfo({ url, allowPrivate = false }: UserinfoOptions = {}): LookupSource {
  requireOption('userinfo', url === undefined || isHttpUrl(url), 'url must be an https address')
  return { kind: 'lookup', name: 'userinfo', needsToken: true, open: () => openUserinfo(url, guardedFetch({ allowPrivate })) }
}

function openUserinfo(url: string | undefined, fetch: typeof globalThis.fetch) {
  const discover = discovery(fetch)

  async function find({ issuer, subject }: PersonQuery, circumstances: Circumstances): Promise<Found> {
    const { token, signal, now } = circumstances
    if (token === undefined) return undefined
    const endpoint = url ?? (isHttpUrl(issuer) && issuer !== undefined ? await discover(issuer, circumstances) : undefined)
    if (endpoint === undefined) throw new SourceUnavailable('userinfo knows no endpoint: the session names no issuer with an address; give userinfo({ url })')
    const init = { headers: { authorization: `Bearer ${token}` }, signal }
    const { status, body } = await askJson({ fetch, url: endpoint, what: 'userinfo', now, init })
    // The token is not for this endpoint (it lacks the scope, or is an ID token), or has ended: asking again changes nothing.
    if (status === 401 || status === 403) return undefined
    if (status !== 200) throw new SourceUnavailable(`userinfo answered ${status}`)
    // Core 5.3.2: an answer about somebody else must not be used.
    if (body.sub !== subject) throw new SourceUnavailable('userinfo answered about another subject than the token\'s')
    return emailIn(body.email, body.email_verified)
  }
  return { find }
}

/** The userinfo endpoint of an issuer, asked for once a day. */
function discovery(fetch: typeof globalThis.fetch) {
  const known = new Map<string, { endpoint: string; until: number }>()

  return async (issuer: string, { signal, now }: Circumstances): Promise<string> => {
    const found = known.get(issuer)
    if (found && now().getTime() < found.until) return found.endpoint
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const { status, body } = await askJson({ fetch, url, what: 'the issuer\'s discovery document', now, init: { signal } })
    const { issuer: said, userinfo_endpoint: endpoint } = body
    if (status !== 200 || said !== issuer || typeof endpoint !== 'string' || !isHttpUrl(endpoint)) {
      throw new SourceUnavailable('the issuer\'s discovery document names no userinfo endpoint; give userinfo({ url })')
    }
    known.set(issuer, { endpoint, until: now().getTime() + DISCOVERY_LIFE_MS })
    for (const oldest of known.keys()) if (known.size > MAX_ISSUERS) known.delete(oldest)
    return endpoint
  }
}
