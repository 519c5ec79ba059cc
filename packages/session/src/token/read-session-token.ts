import type { SessionPreset } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import { headerValues } from './header-values.ts'
import type { HeadersInput } from './header-values.ts'

/** A bare token, a Fetch `Request`, a Node request, or anything else with headers. */
export type SessionInput = string | HeadersInput

/** Where the token was found: a server applies its cross-site rules when `from` is 'cookie'. */
export type FoundToken =
  | { readonly token: string; readonly from: 'argument' | 'authorization' }
  | { readonly token: string; readonly from: 'cookie'; readonly cookie: string }

/**
 * Finds the session token of a request: `Authorization: Bearer`, else the first cookie that a preset names.
 * Two Authorization headers, or two cookies of that name, are refused: nobody can say which one was meant.
 * @throws SessionError `SESSION_MISSING` when there is none, `SESSION_INVALID` when there are several.
 * @throws TypeError when the input is neither text nor has headers.
 */
export function readSessionToken(input: SessionInput, preset: SessionPreset | readonly SessionPreset[]): FoundToken {
  // A caller without types often hands over an absent cookie: undefined, not ''.
  if (input === undefined || input === null || input === '') throw new SessionError('no_token')
  if (typeof input === 'string') return { token: input, from: 'argument' }
  const bearer = bearerToken(input)
  if (bearer.kind === 'found') return { token: bearer.token, from: 'authorization' }
  const inCookie = cookieToken(input, [preset].flat())
  if (inCookie) return inCookie
  throw new SessionError(bearer.kind === 'other scheme' ? 'wrong_scheme' : 'no_token')
}

type Bearer = { kind: 'found'; token: string } | { kind: 'none' } | { kind: 'other scheme' }

function bearerToken(input: HeadersInput): Bearer {
  const values = headerValues(input, 'authorization')
  if (values.length > 1) throw new SessionError('several_tokens', { where: 'Authorization', got: `${values.length}` })
  const value = values[0]?.trim()
  if (!value) return { kind: 'none' }
  const schemeEnd = value.indexOf(' ')
  const scheme = schemeEnd < 0 ? value : value.slice(0, schemeEnd)
  // Another scheme is not a session: a staging site behind Basic authentication still has its session in the cookie.
  if (scheme.toLowerCase() !== 'bearer') return { kind: 'other scheme' }
  if (schemeEnd < 0) throw new SessionError('no_token', { where: 'Authorization' })
  const token = value.slice(schemeEnd).replace(/^ +/, '')
  // Fetch headers join two headers of one name with a comma, which no token contains.
  if (token.includes(',')) throw new SessionError('several_tokens', { where: 'Authorization' })
  return { kind: 'found', token }
}

function cookieToken(input: HeadersInput, presets: readonly SessionPreset[]): FoundToken | undefined {
  const pairs = headerValues(input, 'cookie').flatMap((header) => header.split(';')).map(splitPair)
  const valueOf = (name: string) => onlyValue(pairs.filter(([other]) => other === name), name)
  for (const { cookie, readCookie } of presets) {
    const token = cookie && readCookie(valueOf, cookie)
    if (cookie && token) return { token, from: 'cookie', cookie }
  }
  return undefined
}

type Pair = [name: string, value: string]

function onlyValue(pairs: readonly Pair[], name: string): string | undefined {
  if (pairs.length > 1) throw new SessionError('several_tokens', { where: `cookie ${name}`, got: `${pairs.length}` })
  return pairs[0]?.[1]
}

function splitPair(pair: string): Pair {
  const equals = pair.indexOf('=')
  return equals < 0 ? ['', ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
}
