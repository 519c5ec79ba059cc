import type { Site } from '../../config.ts'
import type { PersonQuery } from '../../identity/email-source.ts'
import type { Resolution } from '../../identity/email-resolver.ts'
import type { Person } from '../../outbox/event.ts'
import type { Identity, PersonKey, Store } from '../../outbox/store.ts'

/** What was said this recently is believed without asking again: a process that starts does not ask about everybody anew. */
export const FRESH_MS = 15 * 60_000

export interface ResolveParts {
  store: Pick<Store, 'identify' | 'findIdentity'>
  siteNamed: (name: string) => Site | undefined | Promise<Site | undefined>
  resolve: (site: Site, person: PersonQuery, token?: string) => Promise<Resolution>
  now: () => Date
  log: (line: Record<string, unknown>, story: string) => void
  /** Names an email so that a log may hold it. */
  pseudonym: (email: string) => string
  wake: (account: number) => void
}

/** Somebody whose email is wanted. */
export interface Wanted {
  account: number
  site: string
  person: Person
}

/**
 * Finds a person's email and gives it to all their rows that wait.
 *
 * Whoever is remembered as of the last 15 minutes is not asked for again. Where no source tells an email, the one that was last
 * remembered counts, however old: the provider may be down, and the person is the same.
 *
 * @returns what is known now; undefined when the rows wait on
 */
export async function resolvePerson(parts: ResolveParts, wanted: Wanted, token?: string): Promise<Identity | undefined> {
  const key = keyOf(wanted)
  const now = parts.now().getTime()
  const remembered = await parts.store.findIdentity(key)
  if (remembered && now - remembered.saidAt < FRESH_MS) return give(parts, key, remembered)
  const site = await parts.siteNamed(wanted.site)
  const found = site ? await parts.resolve(site, queryOf(wanted), token) : ({ kind: 'unavailable' } as const)
  if (found.kind === 'found') return rememberEmail(parts, wanted, found.email)
  if (!remembered) return undefined
  parts.log({ site: key.site, why: found.kind, saidAt: new Date(remembered.saidAt).toISOString() }, 'identity.remembered')
  return give(parts, key, remembered)
}

/** Remembers what was said of a person; a change is logged, with both emails made unreadable. */
export async function rememberEmail(parts: ResolveParts, wanted: Wanted, email: string): Promise<Identity> {
  const key = keyOf(wanted)
  const now = parts.now().getTime()
  const identity = { email, saidAt: now }
  const before = await parts.store.identify({ ...key, ...identity, now })
  parts.wake(key.account)
  if (before !== undefined && before !== email) {
    const { pseudonym } = parts
    parts.log({ site: key.site, person: pseudonym(key.subject), from: pseudonym(before), to: pseudonym(email) }, 'identity.email_changed')
  }
  return identity
}

async function give(parts: ResolveParts, key: PersonKey, identity: Identity): Promise<Identity> {
  await parts.store.identify({ ...key, ...identity, now: parts.now().getTime() })
  parts.wake(key.account)
  return identity
}

function keyOf({ account, site, person: { subject } }: Wanted): PersonKey {
  return { account, site, subject }
}

function queryOf({ site, person }: Wanted): PersonQuery {
  return { site, subject: person.sub ?? person.subject, ...(person.issuer === undefined ? {} : { issuer: person.issuer }) }
}
