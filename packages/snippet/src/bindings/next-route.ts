import { sessionTokenRoute as makeRoute } from '@trackline/session'
import type { SessionTokenRouteOptions } from '@trackline/session'

export type { SessionTokenRouteOptions, SignedInPerson } from '@trackline/session'

/**
 * `export const GET = sessionTokenRoute({ … })` in `app/session-token/route.ts`: answers who is signed in, to your own pages.
 *
 * The options are read with the first request: `next build` loads the file too, and has no secret.
 */
export function sessionTokenRoute(options: SessionTokenRouteOptions<Request>): (request: Request) => Promise<Response> {
  let route: ((request: Request) => Promise<Response>) | undefined
  return async (request) => (route ??= makeRoute(options))(request)
}
