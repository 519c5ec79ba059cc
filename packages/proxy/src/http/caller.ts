import type { IncomingMessage } from 'node:http'
import type { Site } from '../config.ts'
import { TrackError } from '../errors.ts'
import type { Speaker } from '../flows/ingest-events/read-message.ts'
import type { Session, SessionPreset } from '@trackline/session'
import { emailInClaims } from '../identity/email-in-claims.ts'
import { needsToken } from '../identity/email-resolver.ts'
import type { SessionReader, VerifiedSession } from '../identity/read-session.ts'
import type { SiteDirectory } from '../identity/site-directory.ts'
import { findServerKey, serverKeyIn } from '../identity/server-key.ts'
import { sourcesOfPeople } from '../identity/sources-of-people.ts'
import type { Person } from '../outbox/event.ts'
import { whenKnown } from '../when-known.ts'

/** For which site a request speaks, and who speaks. */
export interface Caller {
  site: Site
  speaker: Speaker
}

export interface CallerParts {
  sites: SiteDirectory
  readSession: SessionReader
  now: () => Date
}

/** Who is known already comes without a promise. */
export type CallerReader = (request: IncomingMessage) => Caller | Promise<Caller>

/**
 * Finds the site by the request's Origin and proves who sends it, before a byte of the body is read.
 *
 * @returns throws, or rejects with, TrackError `ORIGIN_NOT_ALLOWED`, `SITE_UNKNOWN`, `SITES_UNAVAILABLE`, `SERVER_KEY_INVALID`, `SERVER_KEY_EXPIRED`, `SERVER_KEY_SCOPE`,
 *   `CSRF_REFUSED` and those of the session reader
 */
export function createCallerReader({ sites, readSession, now }: CallerParts): CallerReader {
  const signedIn = rememberedCallers()

  function callerFor(request: IncomingMessage, site: Site): Caller | Promise<Caller> {
    const serverKey = serverKeyIn(request.headers.authorization)
    if (serverKey !== undefined) return serverOf(request, site, serverKey)
    return whenKnown(readSession(request, site), (verified) => {
      if (verified.cameInCookie && !isReading(request)) refuseForgery(request)
      return signedIn(site, verified)
    })
  }

  function serverOf(request: IncomingMessage, site: Site, key: string): Caller {
    const { scopes, until } = findServerKey(site.serverKeys, key) ?? refuseKey()
    if (now().getTime() >= until) throw new TrackError('SERVER_KEY_EXPIRED')
    const needed = isReading(request) ? 'events:read' : 'events:write'
    if (!scopes.has(needed)) throw new TrackError('SERVER_KEY_SCOPE', `the server key lacks the scope ${needed}`)
    return { site, speaker: { kind: 'server', mayIdentify: scopes.has('events:identify') } }
  }

  return (request) => whenKnown(siteOf(sites, request), (site) => callerFor(request, site))
}

/** Without an Origin it is the only site, or the one that `?site=` names. */
function siteOf(sites: SiteDirectory, { headers: { origin }, url = '' }: IncomingMessage): Site | Promise<Site> {
  if (origin !== undefined) return whenKnown(sites.ofOrigin(origin), (site) => site ?? refuseOrigin(origin))
  const [name, ...others] = new URLSearchParams(url.split('?', 2)[1]).getAll('site')
  if (name === undefined) return sites.only ?? refuseSite('there are several sites and no Origin header')
  return whenKnown(others.length > 0 ? undefined : sites.named(name), (site) => site ?? refuseSite('the site that ?site= names is not configured'))
}

export function originNotAllowed(origin: string): TrackError {
  return new TrackError('ORIGIN_NOT_ALLOWED', `the origin ${JSON.stringify(origin.slice(0, 200))} is not listed for any site`)
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

function refuseKey(): never {
  throw new TrackError('SERVER_KEY_INVALID')
}

/**
 * A browser attaches cookies to whatever any page sends. So the page must be known: by a listed Origin (the site was found by it), or
 * as one of our own origin, as the browser alone can say in `Sec-Fetch-Site`. And it must send a header of its own, which takes a
 * preflight that only listed origins pass. A body that a form could send is refused by its content type.
 */
function refuseForgery({ headers }: IncomingMessage): void {
  const isFromKnownPage = headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin'
  if (!isFromKnownPage) throw new TrackError('CSRF_REFUSED', 'the request carries the session cookie and no Origin')
  if (headers['x-trackline'] !== '1') throw new TrackError('CSRF_REFUSED', 'the request carries the session cookie and no "x-trackline: 1"')
}

function refuseSite(why: string): never {
  throw new TrackError('SITE_UNKNOWN', why)
}

function refuseOrigin(origin: string): never {
  throw originNotAllowed(origin)
}

/** Works out once who a session that is remembered speaks for, as long as the site is the same. A session is that of one token. */
function rememberedCallers(): (site: Site, verified: VerifiedSession) => Caller {
  const known = new WeakMap<Session, Caller>()
  return (site, { session, preset, token }) => {
    const remembered = known.get(session)
    if (remembered?.site === site) return remembered
    const person = personOf(site, session, preset)
    const caller: Caller = { site, speaker: { kind: 'person', person, key: `${site.name} ${person.subject}`, ...tokenFor(site, session, token) } }
    known.set(session, caller)
    return caller
  }
}

function personOf(site: Site, session: Session, preset: SessionPreset): Person {
  const { issuer } = session
  // Two providers may use the same `sub` for two people.
  const name = sourcesOfPeople(site.session).length > 1 ? { subject: `${issuer ?? ''} ${session.subject}`, sub: session.subject } : { subject: session.subject }
  const email = emailInClaims(site, session, preset)
  return { ...name, ...(issuer === undefined ? {} : { issuer }), ...(email === undefined ? {} : { email }) }
}

/** The token goes along only where a source of this site asks with it. */
function tokenFor(site: Site, { expiresAt }: Session, text: string) {
  return needsToken(site) ? { token: { text, expiresAt: expiresAt.getTime() } } : {}
}
