import { SourceUnavailable } from '../email-source.ts'
import type { Circumstances, LookupSource } from '../email-source.ts'
import { askJson, emailIn } from './ask-json.ts'
import { providerUser } from './provider-user.ts'
import { isText, requireOption } from './source-options.ts'

/** A token is renewed this long before it ends. */
const RENEW_BEFORE_MS = 60_000

export interface Auth0UserOptions {
  /** The tenant's own domain, `acme.eu.auth0.com`: the Management API is not on a custom one. */
  domain: string
  /** Of a machine-to-machine application with the permission `read:users`. */
  clientId: string
  clientSecret: string
  /** Default `https://` and the domain. */
  apiUrl?: string
  allowPrivate?: boolean
}

/**
 * The email is the one that Auth0's Management API knows: `GET /api/v2/users/{id}`, with a token of our own that is renewed before it
 * ends.
 * @throws TypeError for missing options
 * @see https://auth0.com/docs/api/management/v2/users/get-users-by-id
 */
export function auth0User({ domain, clientId, clientSecret, apiUrl = `https://${domain}`, allowPrivate }: Auth0UserOptions): LookupSource {
  const isDomain = isText(domain) && URL.canParse(`https://${domain}`) && new URL(`https://${domain}`).host === domain
  requireOption('auth0User', isDomain, 'domain must be the tenant\'s domain, such as acme.eu.auth0.com')
  requireOption('auth0User', isText(clientId) && isText(clientSecret), 'clientId and clientSecret must be set: those of a machine-to-machine application')
  const credentials = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, audience: `https://${domain}/api/v2/` }
  const tokens = accessTokens(`${apiUrl}/oauth/token`, credentials)
  return providerUser({
    name: 'auth0User',
    ...{ apiUrl, allowPrivate },
    pathOf: (subject) => `/api/v2/users/${encodeURIComponent(subject)}?fields=email,email_verified&include_fields=true`,
    authorize: tokens.get,
    onRefused: tokens.forget,
    readEmail: (user) => emailIn(user.email, user.email_verified),
  })
}

/** One access token for all questions, asked for once however many wait for it. */
function accessTokens(url: string, credentials: object) {
  let current: { token: string; until: number } | undefined
  let asking: Promise<string> | undefined

  async function ask({ signal, now }: Circumstances, fetch: typeof globalThis.fetch): Promise<string> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(credentials), signal }
    const { status, body } = await askJson({ fetch, url, what: 'auth0User, asking for its token,', now, init })
    const { access_token: token, expires_in: seconds } = body
    if (status !== 200 || typeof token !== 'string') throw new SourceUnavailable(`auth0User got no token: status ${status}; check clientId, clientSecret and that the application may call the Management API`)
    current = { token, until: now().getTime() + Number(seconds ?? 0) * 1_000 - RENEW_BEFORE_MS }
    return token
  }

  return {
    async get(circumstances: Circumstances, fetch: typeof globalThis.fetch): Promise<string> {
      if (current && circumstances.now().getTime() < current.until) return current.token
      asking ??= ask(circumstances, fetch).finally(() => (asking = undefined))
      return asking
    },
    forget: () => void (current = undefined),
  }
}
