import type { RowStatus } from '../outbox/event.ts'
import type { SettleWaiters } from './settle-waiters.ts'

/** Another process may settle an event, and cannot tell us: it is looked for this often meanwhile. */
const LOOK_EVERY_MS = 2_000

export interface WaitParts {
  waiters: SettleWaiters
  find: () => Promise<RowStatus[]>
  /** Ends the wait: the client is gone. */
  isGone: () => boolean
}

/** Waits until every promise of the event is delivered or given up, `forMs` milliseconds at most; then says how it stands. */
export async function waitForEnd(rows: RowStatus[], forMs: number, { waiters, find, isGone }: WaitParts): Promise<RowStatus[]> {
  const [first] = rows
  const waiter = first && !isSettled(rows) ? waiters.open(first.eventId) : undefined
  if (!waiter) return rows
  const until = performance.now() + forMs
  try {
    // What was settled between the first look and the opening told nobody.
    for (let found = await find(); ; found = await find()) {
      const leftMs = until - performance.now()
      if (isSettled(found) || leftMs <= 0 || isGone() || waiters.isEnded()) return found
      await waiter.next(Math.min(leftMs, LOOK_EVERY_MS))
    }
  } finally {
    waiter.close()
  }
}

function isSettled(rows: readonly RowStatus[]): boolean {
  return rows.every(({ state }) => state === 'delivered' || state === 'dead')
}
