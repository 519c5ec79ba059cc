import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readSessionToken, SessionError, verifySession } from '@trackline/session'
import type { Session, SessionPreset } from '@trackline/session'
import { LRUCache } from 'lru-cache'
import { TrackError } from '../errors.ts'

/** Tokens remembered as verified. */
const MAX_REMEMBERED = 10_000
/** A key that its issuer has withdrawn must not live on here for longer than this. */
const MAX_REMEMBERED_MS = 60_000
const RETRY_AFTER_SECONDS = 5

/** A verified session, and how its token came: what came in a cookie may have been sent by another site's page. */
export interface VerifiedSession {
  session: Session
  cameInCookie: boolean
}

interface SiteSessions {
  name: string
  session: readonly SessionPreset[]
}

/** Node's own request: only its raw headers show that a header came twice. */
export type SessionReader = (request: IncomingMessage, site: SiteSessions) => Promise<VerifiedSession>

/**
 * Reads and verifies the session token of a request. A verified token is remembered until it expires, a minute at most, by its
 * digest: only one spelling of a token is ever accepted, so nobody can fill the memory with variants of one.
 *
 * @throws TrackError `SESSION_MISSING`, `SESSION_EXPIRED`, `SESSION_INVALID`, `SESSION_KEYS_UNAVAILABLE`; its `cause` says precisely why
 */
export function createSessionReader(now: () => Date): SessionReader {
  const verified = new LRUCache<string, Session>({ max: MAX_REMEMBERED, ttl: MAX_REMEMBERED_MS })

  async function verify(token: string, site: SiteSessions, cookie: string): Promise<Session> {
    const key = `${site.name} ${cookie} ${hash('sha256', token, 'base64')}`
    const known = verified.get(key)
    if (known && now() < known.expiresAt) return known
    const session = await verifySession(token, site.session, { now })
    verified.set(key, session)
    return session
  }

  return async (request, site) => {
    try {
      const found = readSessionToken(request, site.session)
      if (found.from !== 'cookie') return { session: await verify(found.token, site, ''), cameInCookie: false }
      const session = site.session.filter(({ cookie }) => cookie === found.cookie)
      return { session: await verify(found.token, { ...site, session }, found.cookie), cameInCookie: true }
    } catch (error) {
      throw error instanceof SessionError ? refusal(error) : error
    }
  }
}

/** Few words outside; the reason stays in `cause`, for the log. */
function refusal(error: SessionError): TrackError {
  const retry = error.code === 'SESSION_KEYS_UNAVAILABLE' ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}
  return new TrackError(error.code, undefined, { cause: error, ...retry })
}
