import { normalEmail } from '../claims/read-email.ts'
import { checkMintOptions } from '../mint/mint-options.ts'
import type { MintOptions } from '../mint/mint-options.ts'
import { mintSession } from '../mint/mint-session.ts'
import { checkOptions, refuseProblems } from '../options/check-options.ts'
import { FUNCTION } from '../options/text-rules.ts'
import { ORIGINS } from './origins-rule.ts'
import { judgeSender } from './judge-sender.ts'
import type { RouteRequest } from './judge-sender.ts'

export type { RouteRequest } from './judge-sender.ts'

/** The person of the request's session, as your site knows them. */
export type SignedInPerson = Pick<MintOptions, 'sub' | 'email' | 'emailVerified' | 'claims'>

export interface SessionTokenRouteOptions<Incoming extends RouteRequest>
  extends Pick<MintOptions, 'ttl' | 'secret' | 'privateKey' | 'kid' | 'issuer' | 'audience' | 'now' | 'newId'> {
  /** Says who is signed in, from your own session; nothing when nobody is. What it throws is passed on. */
  who: (request: Incoming) => SignedInPerson | null | undefined | Promise<SignedInPerson | null | undefined>
  /** Other origins whose pages may ask too, such as ['https://app.example.com'] when this answers on another host. */
  origins?: readonly string[]
}

// A token belongs to one person and one moment: no cache on the way may keep it.
const HEADERS = { 'cache-control': 'no-store', vary: 'cookie, origin, sec-fetch-site', 'x-content-type-options': 'nosniff' }
const RULES = {
  who: { ...FUNCTION, required: true },
  origins: ORIGINS,
} as const

/**
 * Makes the route behind the snippet's `data-session` for a site whose own session is an opaque cookie: `GET` answers
 * `{ "token": "…" }` for whoever is signed in, and 204 when nobody is.
 *
 * A page of another site is answered 403, any other method 405. Takes a Fetch `Request`, or anything with `method` and
 * `headers`, and answers with a Fetch `Response`.
 * @throws TypeError that names each wrong option. The route itself throws what `who` throws, and TypeError when what it
 *   returns cannot be minted.
 */
export function sessionTokenRoute<Incoming extends RouteRequest = Request>(
  options: SessionTokenRouteOptions<Incoming>,
): (request: Incoming) => Promise<Response> {
  const { who, origins = [], ...minting } = options
  checkOptions('sessionTokenRoute', { who, ...('origins' in options && { origins }) }, RULES)
  checkMintOptions({ ...minting, sub: 'whoever is signed in' })
  const isKeyed = (minting.secret === undefined) !== (minting.privateKey === undefined)
  refuseProblems('sessionTokenRoute', isKeyed ? [] : ['expected either `secret` or `privateKey`'])

  return async (request) => {
    if ((request.method ?? 'GET') !== 'GET') return refusal(405, 'ask with GET', { allow: 'GET' })
    const sender = judgeSender(request, origins)
    if ('foreign' in sender) return refusal(403, `${sender.foreign}; if it is yours, list it in \`origins\``)
    const person = await who(request)
    if (!person) return new Response(null, { status: 204, headers: { ...HEADERS, ...sender.headers } })
    const { sub, email, emailVerified, claims } = person
    // Whoever has no usable email is signed in all the same.
    const token = await mintSession({ ...minting, sub, email: normalEmail(email, true), emailVerified, claims })
    return Response.json({ token }, { headers: { ...HEADERS, ...sender.headers } })
  }
}

function refusal(status: number, detail: string, headers: Record<string, string> = {}): Response {
  const problem = { ...HEADERS, ...headers, 'content-type': 'application/problem+json' }
  return Response.json({ status, detail }, { status, headers: problem })
}
