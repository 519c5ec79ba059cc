import type { IncomingMessage } from 'node:http'
import { mintSession } from '@trackline/session'
import { loadPages } from './pages.ts'
import { openSessions, PEOPLE } from './sessions.ts'
import type { Person } from './sessions.ts'

const MAX_BODY_LENGTH = 1024

export interface RouteOptions {
  /** Origin of the Trackline proxy. */
  tracklineUrl: string
  /** Origin of the HubSpot emulator, for the link to a contact's timeline. */
  hubspotUrl: string
  /** Signs the session tokens; the proxy verifies them with the same secret. */
  sessionSecret: string
  now: () => Date
}

export interface Reply {
  status: number
  headers: Record<string, string>
  body: string
}

/** The site: its page, its own session, and the one route that Trackline needs of it, `GET /session-token`. */
export function openRoutes({ sessionSecret, now, ...addresses }: RouteOptions): (request: IncomingMessage) => Promise<Reply> {
  const pages = loadPages(addresses)
  const sessions = openSessions(now)

  return async (request) => {
    const path = request.url?.split('?')[0] ?? '/'
    const { cookie } = request.headers
    const page = request.method === 'GET' ? pages.get(path) : undefined
    if (page) return { status: 200, ...page }
    if (request.method === 'POST' && !isFromOwnPage(request)) return refuseForeign(request)

    switch (`${request.method} ${path}`) {
      case 'GET /session-token': {
        const person = sessions.whose(cookie)
        // 204 rather than 401, which a browser's console would show as a failure.
        if (!person) return { status: 204, headers: { 'cache-control': 'no-store' }, body: '' }
        return json(200, { token: await mintToken(person, { secret: sessionSecret, now }) })
      }
      case 'GET /me':
        return json(200, { person: sessions.whose(cookie) ?? null })
      case 'POST /sign-in': {
        const person = await readPerson(request)
        if (!person) return json(422, { error: `send { "person": … } with one of ${Object.keys(PEOPLE).join(', ')}` })
        sessions.end(cookie)
        return json(200, { person }, { 'set-cookie': sessions.start(person) })
      }
      case 'POST /sign-out':
        return json(200, { person: null }, { 'set-cookie': sessions.end(cookie) })
    }
    return json(404, { error: `nothing answers ${request.method} ${path}` })
  }
}

/** A short-lived proof of who is signed in. The email is in it because the proxy believes this token, and never the page. */
function mintToken({ id, email }: Person, key: { secret: string; now: () => Date }): Promise<string> {
  return mintSession({ sub: id, email, ttl: '5m', issuer: 'northwind', audience: 'trackline', ...key })
}

/** Browsers put `Origin` on every POST: one that has none does not come from a page of ours. */
function isFromOwnPage({ headers }: IncomingMessage): boolean {
  const { origin = '', host } = headers
  return URL.canParse(origin) && new URL(origin).host === host
}

function refuseForeign({ headers }: IncomingMessage): Reply {
  const from = headers.origin === undefined ? 'it has no Origin header' : `it came from '${headers.origin}'`
  return json(403, { error: `refused: ${from}, and only pages of this site (${headers.host}) may send it` })
}

async function readPerson(request: IncomingMessage): Promise<Person | undefined> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text = (text + chunk).slice(0, MAX_BODY_LENGTH)
  try {
    const id: unknown = JSON.parse(text).person
    return Object.values(PEOPLE).find((person) => person.id === id)
  } catch {
    return undefined
  }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}
