import type { NewEvent } from './event.ts'
import type { Store } from './store.ts'

/** Whoever was told that nothing can be stored may send nothing more: after a while it is worth another try. */
const REFUSED_FOR_MS = 2_000

type Enqueue = Store['enqueue']

/**
 * Remembers how storing went last. A disk may be full for what is large and have room for the one row that `checkWritable` writes: what
 * happens to real events is the better witness.
 */
export function watchRefusals(enqueue: Enqueue, now: () => Date) {
  let refused: { error: unknown; until: number } | undefined

  return {
    enqueue(events: NewEvent[]): ReturnType<Enqueue> {
      const storing = enqueue(events)
      // Beside its way: an event does not wait for what is only remembered.
      storing.then(
        () => (refused = undefined),
        (error: unknown) => (refused = { error, until: now().getTime() + REFUSED_FOR_MS }),
      )
      return storing
    },
    /** @throws the latest error, for 2 seconds or until an event is stored */
    assertNotRefused(): void {
      // A clock that was set back must not keep it for longer.
      const leftMs = refused ? refused.until - now().getTime() : 0
      if (leftMs > 0 && leftMs <= REFUSED_FOR_MS) throw refused?.error
    },
  }
}
