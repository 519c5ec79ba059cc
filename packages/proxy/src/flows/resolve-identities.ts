import { normalEmail } from '@trackline/session'
import type { Site } from '../config.ts'
import type { EmailLookup, PersonQuery } from '../identity/email-source.ts'
import type { Row } from '../outbox/event.ts'
import type { RetrySchedule } from '../outbox/retry-schedule.ts'
import type { Store } from '../outbox/store.ts'
import { createSignal } from '../signal.ts'

/** Longest time one look-up may take. */
const LOOKUP_TIMEOUT_MS = 2_000
/** Rows looked at in one round. */
const BATCH_SIZE = 50
/** People whose email was not found are asked for again after this, at most. */
const MAX_WAIT_MS = 60_000
/** The youngest row that waits is at least this old when it is asked for again. */
const MIN_WAIT_MS = 1_000
/** Rows are given up after days: to look for them at each wake would cost more than it tells. */
const GIVE_UP_EVERY_MS = 60_000

export interface IdentityParts {
  store: Pick<Store, 'claimUnidentified' | 'identify' | 'giveUpUnidentified'>
  siteNamed: (name: string) => Site | undefined | Promise<Site | undefined>
  /** False: no site has a look-up, so nobody need be asked. */
  canLookUp: boolean
  schedule: RetrySchedule
  now: () => Date
  log: (line: Record<string, unknown>, story: string) => void
  wake: (account: number) => void
}

/** Finds the emails that no session token told, after the 202, until it is stopped. */
export function startIdentityResolution(parts: IdentityParts): { wake(): void; stop(): Promise<void> } {
  const woken = createSignal()
  const giveUpSometimes = createGiveUp(parts)
  let isStopping = false

  async function resolveForever(): Promise<void> {
    while (!isStopping) {
      const found = await giveUpSometimes()
        .then(() => resolveDue(parts))
        .catch((error: unknown) => {
          parts.log({ error: String(error) }, 'identity.failed')
          return 0
        })
      if (!isStopping && found < BATCH_SIZE) await woken.wait(MIN_WAIT_MS)
    }
  }

  const resolving = resolveForever()
  return {
    wake: () => woken.raise(),
    async stop() {
      isStopping = true
      woken.raise()
      await resolving
    },
  }
}

/** Gives up what has waited too long; does nothing when it did so less than a minute ago. */
function createGiveUp({ store, schedule, now }: IdentityParts): () => Promise<void> {
  let nextAt = 0
  return async () => {
    const time = now().getTime()
    if (time < nextAt) return
    await store.giveUpUnidentified({ receivedBefore: time - schedule.giveUpAfterMs, now: time })
    nextAt = time + GIVE_UP_EVERY_MS
  }
}

/** One round: asks once for each person that waits. Returns the rows looked at. */
async function resolveDue(parts: IdentityParts): Promise<number> {
  const now = parts.now().getTime()
  if (!parts.canLookUp) return 0
  const retryAt = now + Math.min(MAX_WAIT_MS, parts.schedule.firstMs)
  const rows = await parts.store.claimUnidentified({ now, retryAt, limit: BATCH_SIZE })
  const people = new Map(rows.map((row) => [JSON.stringify([row.account, row.site, row.person.subject, row.person.sub]), row]))
  await Promise.all([...people.values()].map((row) => resolvePerson(parts, row)))
  return rows.length
}

async function resolvePerson(parts: IdentityParts, { account, site, person }: Row): Promise<void> {
  const query = { site, subject: person.sub ?? person.subject, ...(person.issuer === undefined ? {} : { issuer: person.issuer }) }
  for (const source of (await parts.siteNamed(site))?.email ?? []) {
    if (source.kind !== 'lookup') continue
    const email = normalEmail(await ask(parts, source.find, query))
    if (email === undefined) continue
    await parts.store.identify({ account, site, subject: person.subject, email, now: parts.now().getTime() })
    return parts.wake(account)
  }
}

/** A look-up that throws or hangs is a look-up that does not know. */
async function ask(parts: IdentityParts, find: EmailLookup, query: PersonQuery): Promise<string | undefined> {
  const { promise: timeout, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, LOOKUP_TIMEOUT_MS, undefined)
  try {
    return await Promise.race([find(query), timeout])
  } catch (error) {
    parts.log({ site: query.site, error: error instanceof Error ? error.name : 'unknown' }, 'identity.lookup_failed')
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
