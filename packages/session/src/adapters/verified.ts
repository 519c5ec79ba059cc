import type { Session } from '../verify-session.ts'

// Not a property of the request: session middlewares of others take the obvious names.
const verified = new WeakMap<object, Session>()

export function keepSession(owner: object, session: Session): void {
  verified.set(owner, session)
}

/**
 * The session that `requireSession` verified: of the request in Express and Fastify, of the context in Hono.
 * @throws TypeError where `requireSession` did not run before
 */
export function sessionOf(owner: object): Session {
  const session = verified.get(owner)
  if (session) return session
  throw new TypeError('sessionOf: no session was verified here: put requireSession before this route')
}
