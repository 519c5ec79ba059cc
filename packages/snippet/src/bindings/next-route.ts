/** `export const GET = sessionTokenRoute({ … })` in `app/session-token/route.ts`: answers who is signed in, to your own pages. */
export { sessionTokenRoute } from '@trackline/session'
export type { SessionTokenRouteOptions, SignedInPerson } from '@trackline/session'
