import type { Session } from '@trackline/session'
import { reasonOf } from '../errors.ts'
import type { Denial, Store } from '../outbox/store.ts'

/** How often each process asks for news: a denial acts everywhere this much later at most. */
export const ASK_EVERY_MS = 1_000
const MAX_AT_ONCE = 1_000
/** '' stands for any site, any issuer. */
const ANY = ''

export interface Denials {
  /** Whether sessions of this site are refused; costs one look into a map for each kind of entry that there is. */
  isDenied(session: Session, site: string): boolean
  /** Asks the store for what has changed. Rejects when it cannot be asked: what was known stays so. */
  refresh(): Promise<void>
  /** Asks every second. */
  start(): void
  stop(): void
}

export interface DenialsParts {
  store: Pick<Store, 'readDenials'>
  now: () => Date
  log: (line: Record<string, unknown>, story: string) => void
}

/** The deny list, kept in memory by each process and asked of the store every second. */
export function createDenials({ store, now, log }: DenialsParts): Denials {
  /** Until when, milliseconds since 1970. */
  const entries = new Map<string, number>()
  let revision = 0
  let timer: NodeJS.Timeout | undefined

  function adopt({ until = Number.POSITIVE_INFINITY, ...denial }: Denial): void {
    if (until > now().getTime()) entries.set(keyOf(denial), until)
    else entries.delete(keyOf(denial))
  }

  async function refresh(): Promise<void> {
    for (;;) {
      const changes = await store.readDenials({ after: revision, limit: MAX_AT_ONCE })
      for (const change of changes) adopt(change)
      revision = changes.at(-1)?.revision ?? revision
      if (changes.length < MAX_AT_ONCE) return
    }
  }

  async function refreshLater(): Promise<void> {
    await refresh().catch((error: unknown) => log({ error: reasonOf(error) }, 'session.denials_not_read'))
    if (timer !== undefined) timer = setTimeout(refreshLater, ASK_EVERY_MS)
  }

  function isListed(key: string): boolean {
    const until = entries.get(key)
    return until !== undefined && now().getTime() < until
  }

  return {
    isDenied: (session, site) => entries.size > 0 && keysOf(session, site).some(isListed),
    refresh,
    start: () => void (timer = setTimeout(refreshLater, ASK_EVERY_MS)),
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}

function keyOf({ kind, value, site, issuer }: Omit<Denial, 'until'>): string {
  return JSON.stringify([kind, value, site, issuer])
}

function keysOf({ subject, issuer, claims }: Session, site: string): string[] {
  const values = { sub: subject, sid: claims.sid, jti: claims.jti }
  // Some issuers number their sessions: an entry has the number as text.
  const known = Object.entries(values).flatMap(([kind, value]) => (typeof value === 'string' || typeof value === 'number' ? [{ kind: kind as Denial['kind'], value: String(value) }] : []))
  const issuers = issuer === undefined ? [ANY] : [ANY, issuer]
  return known.flatMap((each) => [ANY, site].flatMap((of) => issuers.map((by) => keyOf({ ...each, site: of, issuer: by }))))
}
