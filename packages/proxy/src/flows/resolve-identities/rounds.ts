import type { RetrySchedule } from '../../outbox/retry-schedule.ts'
import type { Row } from '../../outbox/event.ts'
import type { Store } from '../../outbox/store.ts'
import { createSignal } from '../../signal.ts'
import { resolvePerson } from './resolve-person.ts'
import type { ResolveParts } from './resolve-person.ts'
import type { TakeTurn } from './site-turns.ts'

/** Rows looked at in one round. */
const BATCH_SIZE = 50
/** People who are being asked for, of all sites together: no more rows are looked at until some have been. */
const MAX_ASKING = 1_000
/** Rows wait no longer than this from one look to the next. */
const MAX_WAIT_MS = 10 * 60_000
/** A round waits no longer for its answers; the next one leaves out the sites that are not done. */
const ANSWERS_WITHIN_MS = 1_000
/** A row may be stored so much later than it was received, which is when it becomes due. */
const STORED_WITHIN_MS = 60_000

export interface RoundParts extends ResolveParts {
  store: ResolveParts['store'] & Pick<Store, 'claimUnidentified'>
  schedule: RetrySchedule
  takeTurn: TakeTurn
  onError: (error: unknown) => void
}

/** Looks at rows that wait for an email, a few in a round, and asks once for each person. A site whose answers take long holds up no other. */
export function createRounds(parts: RoundParts) {
  const asking = new Set<Promise<unknown>>()
  /** How many people of a site are still being asked for. */
  const busy = new Map<string, number>()
  /** Rows that were due before this are those of busy sites: they need not be looked through again. */
  let lookedThrough = 0
  let isStopping = false

  async function claim(limit: number): Promise<Row[]> {
    const { firstMs, maxMs } = parts.schedule
    const waits = { firstMs: Math.min(firstMs, MAX_WAIT_MS), maxMs: Math.min(maxMs, MAX_WAIT_MS) }
    const now = parts.now().getTime()
    const without = [...busy.keys()]
    const rows = await parts.store.claimUnidentified({ now, ...waits, limit, without, dueFrom: Math.min(lookedThrough, now - STORED_WITHIN_MS) })
    const areStillBusy = without.length > 0 && without.every((site) => busy.has(site))
    if (rows.length < limit && areStillBusy) lookedThrough = now - STORED_WITHIN_MS
    return rows
  }

  function ask(row: Row): Promise<unknown> {
    const { site } = row
    busy.set(site, (busy.get(site) ?? 0) + 1)
    const answer = parts.takeTurn(site, async () => (isStopping ? undefined : resolvePerson(parts, row))).catch(parts.onError)
    const answered = answer.finally(() => {
      asking.delete(answered)
      const left = (busy.get(site) ?? 1) - 1
      if (left > 0) return void busy.set(site, left)
      busy.delete(site)
      lookedThrough = 0
    })
    asking.add(answered)
    return answered
  }

  return {
    /** One round. True: there may be more rows. */
    async make(): Promise<boolean> {
      const limit = Math.min(BATCH_SIZE, MAX_ASKING - asking.size)
      if (limit <= 0) return false
      const rows = await claim(limit)
      const people = new Map(rows.map((row) => [JSON.stringify([row.account, row.site, row.person.subject]), row]))
      const answered = createSignal()
      void Promise.all([...people.values()].map(ask)).then(answered.raise)
      await answered.wait(ANSWERS_WITHIN_MS)
      return rows.length === limit
    },
    /** Asks for nobody else; resolves when nobody is being asked for. */
    async stop(): Promise<void> {
      isStopping = true
      await Promise.all(asking)
    },
  }
}
