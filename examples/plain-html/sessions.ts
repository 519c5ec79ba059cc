import { randomBytes } from 'node:crypto'

/** Who may sign in. A real site asks its database, and a password. */
export const PEOPLE = {
  ada: { id: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' },
  grace: { id: 'grace', name: 'Grace Hopper', email: 'grace@example.com' },
  alan: { id: 'alan', name: 'Alan Turing', email: 'alan@example.com' },
}

export type Person = (typeof PEOPLE)[keyof typeof PEOPLE]

const COOKIE = 'northwind_session'
const LIFETIME_SECONDS = 8 * 60 * 60
const MAX_SESSIONS = 10_000

/**
 * The site's own sessions, in memory: an opaque cookie that means something to this server only. Trackline never sees it.
 *
 * `start` and `end` give the value for a `Set-Cookie` header; `whose` reads a `Cookie` header.
 */
export function openSessions(now: () => Date) {
  const sessions = new Map<string, { person: Person; endsAtMs: number }>()

  return {
    start(person: Person): string {
      const oldest = sessions.keys().next().value
      if (sessions.size >= MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest)
      const id = randomBytes(32).toString('base64url')
      sessions.set(id, { person, endsAtMs: now().getTime() + LIFETIME_SECONDS * 1000 })
      return sessionCookie(id, LIFETIME_SECONDS)
    },

    whose(cookies: string | undefined): Person | undefined {
      const session = sessions.get(readSessionId(cookies))
      return session && session.endsAtMs > now().getTime() ? session.person : undefined
    },

    end(cookies: string | undefined): string {
      sessions.delete(readSessionId(cookies))
      return sessionCookie('', 0)
    },
  }
}

/** Add `; Secure` where the site has https: this one runs on plain http, on loopback. */
function sessionCookie(id: string, maxAgeSeconds: number): string {
  return `${COOKIE}=${id}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${maxAgeSeconds}`
}

function readSessionId(cookies = ''): string {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(cookies)?.[1] ?? ''
}
