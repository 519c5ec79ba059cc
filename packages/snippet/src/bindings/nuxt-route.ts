import type { IncomingMessage } from 'node:http'
import { sessionTokenRoute } from '@trackline/session'
import type { SessionTokenRouteOptions, SignedInPerson } from '@trackline/session'

/** What of Nuxt's event is used here; yours has all of it. */
export interface ServerEvent {
  node: { req: IncomingMessage }
}

type Asked<Event> = Pick<IncomingMessage, 'method' | 'headers'> & { event: Event }

export interface SessionTokenHandlerOptions<Event> extends Omit<SessionTokenRouteOptions<Asked<Event>>, 'who'> {
  /** Says who is signed in, from your own session; nothing when nobody is. */
  who: (event: Event) => SignedInPerson | null | undefined | Promise<SignedInPerson | null | undefined>
}

/**
 * `export default defineEventHandler(sessionTokenHandler({ … }))` in `server/routes/session-token.get.ts`: answers who is signed
 * in, to your own pages.
 * @throws TypeError that names each wrong option
 */
export function sessionTokenHandler<Event extends ServerEvent>(
  { who, ...options }: SessionTokenHandlerOptions<Event>,
): (event: Event) => Promise<Response> {
  const route = sessionTokenRoute<Asked<Event>>({ ...options, who: ({ event }) => who(event) })
  return (event) => route({ method: event.node.req.method, headers: event.node.req.headers, event })
}
