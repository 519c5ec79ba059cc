import type { Lease, Pause, Settlement, Store } from '../../outbox/store.ts'

interface Finished {
  rows: Settlement[]
  pause: Pause | undefined
}

/** Writes down what came of some rows, and the account's pause where it changes. False when the lease was lost. */
export type Settle = (finished: Finished) => Promise<boolean>

/** What finishes while the store is writing is written together the next time: many batches cost one transaction. */
export function settleTogether(store: Pick<Store, 'settle'>, lease: Lease, now: () => Date): Settle {
  let waiting: Finished[] = []
  let writing: Promise<unknown> = Promise.resolve()
  let next: Promise<boolean> | undefined

  function write(): Promise<boolean> {
    const all = waiting
    waiting = []
    next = undefined
    const pause = all.findLast((finished) => finished.pause)?.pause
    const written = store.settle(lease, { rows: all.flatMap(({ rows }) => rows), now: now().getTime(), ...(pause ? { pause } : {}) })
    // Those who asked for this write hear how it ended; the next one is tried all the same.
    writing = written.catch(() => undefined)
    return written
  }

  return (finished) => {
    waiting.push(finished)
    next ??= writing.then(write)
    return next
  }
}
