import { DEVELOPER_APP } from '../developer-app.ts'
import { SCOPES } from './scopes.ts'

/** A consent request that may be shown to a person: the app is known and the redirect goes where it may. */
export type InstallRequest = {
  scopes: readonly string[]
  optionalScopes: readonly string[]
  redirectUri: string
  state: string | undefined
  codeChallenge: string | undefined
}

/** What is wrong with an authorize URL, in words for the person who followed it. */
export type InstallProblem = { problem: string }

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]']
// SHA-256 as base64url without padding.
const CODE_CHALLENGE = /^[A-Za-z0-9_-]{43}$/

/** Reads the query of an authorize URL; everything wrong is answered on the page and never by a redirect. */
export function readInstallRequest(query: URLSearchParams): InstallRequest | InstallProblem {
  const scopes = splitScopes(query.get('scope'))
  const optionalScopes = splitScopes(query.get('optional_scope')).filter((scope) => !scopes.includes(scope))
  const problem =
    clientProblem(query) ??
    redirectProblem(query.get('redirect_uri')) ??
    scopeProblem(scopes, optionalScopes) ??
    challengeProblem(query)
  if (problem !== undefined) return { problem }
  return {
    scopes,
    optionalScopes,
    redirectUri: query.get('redirect_uri') ?? '',
    state: query.get('state') ?? undefined,
    codeChallenge: query.get('code_challenge') ?? undefined,
  }
}

function splitScopes(text: string | null): string[] {
  return [...new Set((text ?? '').split(' ').filter((scope) => scope !== ''))]
}

function clientProblem(query: URLSearchParams): string | undefined {
  const clientId = query.get('client_id')
  if (clientId === null || clientId === '') return 'The address has no client_id.'
  if (clientId !== DEVELOPER_APP.clientId) return `No app has the client_id "${clientId}". Use "${DEVELOPER_APP.clientId}".`
  return undefined
}

function redirectProblem(redirectUri: string | null): string | undefined {
  if (redirectUri === null || redirectUri === '') return 'The address has no redirect_uri.'
  if (!URL.canParse(redirectUri)) return `The redirect_uri "${redirectUri}" is not a complete address.`
  const { protocol, hostname, hash } = new URL(redirectUri)
  if (hash !== '') return `The redirect_uri "${redirectUri}" must not have a fragment.`
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOSTS.includes(hostname))) return undefined
  return `The redirect_uri "${redirectUri}" is not registered: use https, or http on 127.0.0.1 or localhost.`
}

function scopeProblem(scopes: readonly string[], optionalScopes: readonly string[]): string | undefined {
  if (scopes.length === 0) return 'The address has no scope. Ask for at least "oauth".'
  const unknown = [...scopes, ...optionalScopes].find((scope) => !SCOPES.has(scope))
  if (unknown !== undefined) return `The scope "${unknown}" does not exist.`
  return scopes.includes('oauth') ? undefined : 'The required scope "oauth" is missing from the address.'
}

function challengeProblem(query: URLSearchParams): string | undefined {
  const challenge = query.get('code_challenge')
  const method = query.get('code_challenge_method')
  if (challenge === null && method === null) return undefined
  if (method !== 'S256') return `The code_challenge_method must be "S256", not "${method ?? ''}".`
  return CODE_CHALLENGE.test(challenge ?? '') ? undefined : 'The code_challenge must be 43 base64url characters.'
}
