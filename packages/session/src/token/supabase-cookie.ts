import { base64url } from 'jose'
import { SessionError } from '../session-error.ts'
import { chunkedCookie } from './chunked-cookie.ts'
import type { CookieReader } from './cookie-reader.ts'

const MAX_COOKIE_CHARACTERS = 32_768
const PREFIX = 'base64-'

/**
 * The cookie of Supabase's server-side libraries: the whole session as JSON, in base64url after `base64-` or else
 * percent-encoded, spread over several cookies when long. The token is its `access_token`.
 * @throws SessionError `cookie_malformed`, `too_large`
 */
export const supabaseCookie: CookieReader = (valueOf, name) => {
  const value = chunkedCookie(valueOf, name)
  if (value === undefined) return undefined
  if (value.length > MAX_COOKIE_CHARACTERS) {
    throw new SessionError('too_large', { where: `cookie ${name}`, expected: `at most ${MAX_COOKIE_CHARACTERS}` })
  }
  const token = accessTokenOf(value)
  if (token === undefined) throw new SessionError('cookie_malformed', { where: `cookie ${name}`, expected: 'a session as JSON' })
  return token
}

function accessTokenOf(value: string): string | undefined {
  try {
    const session: unknown = JSON.parse(textOf(value))
    const token: unknown = Reflect.get(Object(session), 'access_token')
    return typeof token === 'string' && token !== '' ? token : undefined
  } catch {
    // Neither base64url, nor percent-encoded, nor JSON: the parts of two sessions were mixed, most often.
    return undefined
  }
}

function textOf(value: string): string {
  if (!value.startsWith(PREFIX)) return decodeURIComponent(value)
  return new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(value.slice(PREFIX.length)))
}
