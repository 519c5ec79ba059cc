import { callHubSpot } from './call.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { readErrorBody } from './error-body.ts'
import type { ErrorBody } from './error-body.ts'

/** How HubSpot's older answers, which lack `error`, say that a grant is worthless. */
const GRANT_GONE = ['BAD_REFRESH_TOKEN', 'BAD_AUTH_CODE']

const OK = 200
const NOT_FOUND = 404

/** Who we are to HubSpot. */
export interface OAuthClient {
  clientId: string
  clientSecret: string
  /** Exactly as registered with the HubSpot app. */
  redirectUri: string
  /** Version in the path of the token endpoints. `v1` ends on 2027-02-16. */
  oauthVersion: '2026-03' | 'v3' | 'v1'
}

/** What HubSpot grants: an access token for a while, a refresh token for good. */
export interface OAuthTokens {
  accessToken: string
  refreshToken: string
  /** Seconds. 1,800 today; HubSpot may change it. */
  expiresIn: number
  /** The HubSpot account that granted it; not every version of the endpoint tells. */
  hubId?: number
}

export type TokenAnswer =
  | { kind: 'granted'; tokens: OAuthTokens }
  /** The grant is gone: only a new installation helps. */
  | { kind: 'refused'; reason: string }
  /** HubSpot could not say; ask again later. */
  | { kind: 'unavailable'; reason: string }

/** The address that HubSpot's administrator opens to grant access, once per HubSpot account. RFC 6749 section 4.1.1, RFC 7636. */
export function authorizeUrl(
  client: OAuthClient,
  request: { appUrl: string; account: number; scopes: readonly string[]; state: string; codeChallenge: string },
): string {
  const url = new URL(`/oauth/${request.account}/authorize`, request.appUrl)
  url.searchParams.set('client_id', client.clientId)
  url.searchParams.set('redirect_uri', client.redirectUri)
  url.searchParams.set('scope', request.scopes.join(' '))
  url.searchParams.set('state', request.state)
  url.searchParams.set('code_challenge', request.codeChallenge)
  url.searchParams.set('code_challenge_method', 'S256')
  return url.href
}

/** Trades the code of a finished installation for tokens, and makes sure which account granted them. */
export async function exchangeCode(endpoint: HubSpotEndpoint, client: OAuthClient, proof: { code: string; codeVerifier: string }): Promise<TokenAnswer> {
  const answer = await askForTokens(endpoint, client, {
    grant_type: 'authorization_code',
    redirect_uri: client.redirectUri,
    code: proof.code,
    code_verifier: proof.codeVerifier,
  })
  if (answer.kind !== 'granted' || answer.tokens.hubId !== undefined) return answer
  const { hubId } = await introspectToken(endpoint, client, answer.tokens.accessToken).catch((): TokenFacts => ({}))
  if (hubId === undefined) return { kind: 'unavailable', reason: 'HubSpot did not say which account granted the connection' }
  return { kind: 'granted', tokens: { ...answer.tokens, hubId } }
}

/** What HubSpot says of an access token. */
export interface TokenFacts {
  /** The account that granted it. */
  hubId?: number
  scopes?: readonly string[]
  /** Why it says nothing of the token, in HubSpot's words. */
  problem?: string
}

/** Whose token it is, which older answers of the token endpoint do not tell, and what it may do. @throws NoAnswerError */
export async function introspectToken(endpoint: HubSpotEndpoint, { oauthVersion, clientId, clientSecret }: OAuthClient, token: string): Promise<TokenFacts> {
  const { status, body } = await callHubSpot(
    endpoint,
    oauthVersion === 'v1'
      ? { method: 'GET', path: `/oauth/v1/access-tokens/${encodeURIComponent(token)}` }
      : {
          method: 'POST',
          path: `/oauth/${oauthVersion}/token/introspect`,
          form: { token, token_type_hint: 'access_token', client_id: clientId, client_secret: clientSecret },
        },
  )
  if (status !== OK) return { problem: readErrorBody(body).message ?? `it answered ${status}` }
  const [hubId, scopes]: unknown[] = [Reflect.get(Object(body), 'hub_id'), Reflect.get(Object(body), 'scopes')]
  return {
    ...(typeof hubId === 'number' ? { hubId } : {}),
    ...(Array.isArray(scopes) ? { scopes: scopes.filter((scope) => typeof scope === 'string') } : {}),
  }
}

/** Renews the access token. HubSpot repeats the refresh token today; whatever comes is what counts from now on. */
export async function refreshTokens(endpoint: HubSpotEndpoint, client: OAuthClient, refreshToken: string): Promise<TokenAnswer> {
  return askForTokens(endpoint, client, { grant_type: 'refresh_token', refresh_token: refreshToken }, refreshToken)
}

async function askForTokens(
  endpoint: HubSpotEndpoint,
  client: OAuthClient,
  grant: Record<string, string>,
  knownRefreshToken?: string,
): Promise<TokenAnswer> {
  const form = { ...grant, client_id: client.clientId, client_secret: client.clientSecret }
  try {
    const { status, body } = await callHubSpot(endpoint, { method: 'POST', path: `/oauth/${client.oauthVersion}/token`, form })
    if (status === 200) return readTokens(body, knownRefreshToken)
    const error = readErrorBody(body)
    const reason = `${error.status ?? error.error ?? status}: ${error.message ?? 'HubSpot gave no reason'}`
    return isGrantGone(error) ? { kind: 'refused', reason } : { kind: 'unavailable', reason }
  } catch (error) {
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Any other refusal, such as that of a client secret that was mistyped, says nothing of the grant: it must survive that. */
function isGrantGone({ error, status }: ErrorBody): boolean {
  return error === 'invalid_grant' || GRANT_GONE.includes(status ?? '')
}

function readTokens(body: unknown, knownRefreshToken?: string): TokenAnswer {
  const fields = typeof body === 'object' && body !== null ? new Map(Object.entries(body)) : new Map<string, unknown>()
  const accessToken: unknown = fields.get('access_token')
  const refreshToken: unknown = fields.get('refresh_token') ?? knownRefreshToken
  const expiresIn: unknown = fields.get('expires_in')
  const hubId: unknown = fields.get('hub_id')
  if (typeof accessToken !== 'string' || typeof refreshToken !== 'string' || typeof expiresIn !== 'number') {
    return { kind: 'unavailable', reason: 'HubSpot answered 200 without access_token, refresh_token and expires_in' }
  }
  return { kind: 'granted', tokens: { accessToken, refreshToken, expiresIn, ...(typeof hubId === 'number' ? { hubId } : {}) } }
}

/** Tells HubSpot that the refresh token is not wanted any more. Access tokens that are out may live on to their end. @throws Error with HubSpot's words */
export async function revokeToken(endpoint: HubSpotEndpoint, { oauthVersion, clientId, clientSecret }: OAuthClient, refreshToken: string): Promise<void> {
  const answer = await callHubSpot(
    endpoint,
    oauthVersion === 'v1'
      ? { method: 'DELETE', path: `/oauth/v1/refresh-tokens/${encodeURIComponent(refreshToken)}` }
      : {
          method: 'POST',
          path: `/oauth/${oauthVersion}/token/revoke`,
          form: { token: refreshToken, token_type_hint: 'refresh_token', client_id: clientId, client_secret: clientSecret },
        },
  )
  // v1 knows no token that has been revoked; that is as good.
  if (answer.status !== NOT_FOUND) assertDone(answer, 'revoke the refresh token')
}

/**
 * Removes our app from the account: all its tokens end. @throws Error with HubSpot's words
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/app-management/app-uninstalls/guide
 */
export async function uninstallApp(endpoint: HubSpotEndpoint, { oauthVersion }: OAuthClient, accessToken: string): Promise<void> {
  const version = oauthVersion === '2026-03' ? oauthVersion : 'v3'
  const answer = await callHubSpot(endpoint, { method: 'DELETE', path: `/appinstalls/${version}/external-install`, accessToken })
  assertDone(answer, 'uninstall the app')
}

function assertDone({ status, body }: Answer, purpose: string): void {
  if (status >= 200 && status < 300) return
  throw new Error(`HubSpot would not ${purpose}: ${readErrorBody(body).message ?? `it answered ${status}`}`)
}
