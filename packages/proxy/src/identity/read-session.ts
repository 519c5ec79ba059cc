import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readSessionToken, SessionError, verifyAndLocate } from '@trackline/session'
import type { FoundToken, KeyStore, Session, SessionPreset, SharedKeySets } from '@trackline/session'
import { LRUCache } from 'lru-cache'
import { TrackError } from '../errors.ts'
import { whenKnown } from '../when-known.ts'

/** Tokens remembered as verified. */
const MAX_REMEMBERED = 10_000
/** A key that its issuer has withdrawn must not live on here for longer than this. */
const MAX_REMEMBERED_MS = 60_000
const RETRY_AFTER_SECONDS = 5

/** A verified session, and how its token came: what came in a cookie may have been sent by another site's page. */
export interface VerifiedSession {
  session: Session
  /** The one of the site's presets that verified it. */
  preset: SessionPreset
  token: string
  cameInCookie: boolean
}

interface Remembered {
  session: Session
  preset: SessionPreset
  /** Milliseconds since 1970. */
  until: number
}

interface SiteSessions {
  name: string
  session: readonly SessionPreset[]
}

/** Node's own request: only its raw headers show that a header came twice. A session that is remembered comes without a promise. */
export type SessionReader = (request: IncomingMessage, site: SiteSessions) => VerifiedSession | Promise<VerifiedSession>

export interface SessionReaderParts {
  now: () => Date
  keyStore?: KeyStore
  keySets?: SharedKeySets
  /** What asks identity providers, for presets that bring none. Default: the runtime's. */
  fetch?: typeof fetch
  /** Asked for each request, also where the token is remembered. */
  isDenied?: (session: Session, site: string) => boolean
}

/**
 * Reads and verifies the session token of a request. A verified token is remembered until it expires, a minute at most, by its
 * digest: only one spelling of a token is ever accepted, so nobody can fill the memory with variants of one.
 *
 * @returns `read` throws TrackError `SESSION_MISSING`, `SESSION_EXPIRED`, `SESSION_INVALID`, `SESSION_KEYS_UNAVAILABLE`; its `cause` says
 *   precisely why. `forgetAll` makes it verify every token again
 */
export function createSessionReader({ now, keyStore, keySets, fetch, isDenied = () => false }: SessionReaderParts): { read: SessionReader; forgetAll: () => void } {
  const verified = new LRUCache<string, Remembered>({ max: MAX_REMEMBERED })
  const numberOf = numbers()
  const options = { now, ...(keyStore ? { keyStore } : {}), ...(keySets ? { keySets } : {}), ...(fetch ? { fetch } : {}) }

  function verify(token: string, presets: readonly SessionPreset[], name: string): Remembered | Promise<Remembered> {
    const key = `${name} ${hash('sha256', token, 'base64')}`
    const known = verified.get(key)
    return known && now().getTime() < known.until ? known : verifyAnew(token, presets, key)
  }

  async function verifyAnew(token: string, presets: readonly SessionPreset[], key: string): Promise<Remembered> {
    const { session, preset } = await verifyAndLocate(token, presets, options)
    const remembered = { session, preset, until: Math.min(session.expiresAt.getTime(), now().getTime() + MAX_REMEMBERED_MS) }
    verified.set(key, remembered)
    return remembered
  }

  function sessionIn(found: FoundToken, presets: readonly SessionPreset[]): Remembered | Promise<Remembered> {
    const number = numberOf(presets)
    if (found.from !== 'cookie') return verify(found.token, presets, `${number}`)
    const named = presets.filter(({ cookie }) => cookie === found.cookie)
    return verify(found.token, named, `${number} ${found.cookie}`)
  }

  function read(request: IncomingMessage, site: SiteSessions): VerifiedSession | Promise<VerifiedSession> {
    const found = readSessionToken(request, site.session)
    return whenKnown(sessionIn(found, site.session), ({ session, preset }) => {
      if (isDenied(session, site.name)) throw new SessionError('denied')
      return { session, preset, token: found.token, cameInCookie: found.from === 'cookie' }
    })
  }

  return {
    read(request, site) {
      try {
        const session = read(request, site)
        return session instanceof Promise ? session.catch(refuse) : session
      } catch (error) {
        return refuse(error)
      }
    },
    forgetAll: () => verified.clear(),
  }
}

/** A token is remembered for the presets that verified it: another site's, or those of the site after it has changed, are others. */
function numbers(): (presets: object) => number {
  const known = new WeakMap<object, number>()
  let last = 0
  return (presets) => {
    const number = known.get(presets) ?? ++last
    known.set(presets, number)
    return number
  }
}

/** Few words outside; the reason stays in `cause`, for the log. */
function refuse(error: unknown): never {
  if (!(error instanceof SessionError)) throw error
  const { code, retryAfterSeconds = code === 'SESSION_KEYS_UNAVAILABLE' ? RETRY_AFTER_SECONDS : undefined } = error
  throw new TrackError(code, undefined, { cause: error, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) })
}
