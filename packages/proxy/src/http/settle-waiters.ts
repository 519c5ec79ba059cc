/** Requests that may wait at once in one process; more are answered at once, with what is known. */
export const MAX_WAITERS = 1_000

export interface SettleWaiters {
  /** @returns undefined when too many wait already */
  open(eventId: string): Waiter | undefined
  /** An event was delivered or given up, in this process. */
  tell(eventId: string): void
  /** Ends every wait, and all that begin later. */
  endAll(): void
  isEnded(): boolean
}

export interface Waiter {
  /** Resolves when news has come since the last call, or the time is over. */
  next(forMs: number): Promise<void>
  close(): void
}

interface Open {
  hasNews: boolean
  wake: () => void
}

/** Requests that wait for an event to be settled. Nobody asks meanwhile: whoever settles it tells. */
export function createSettleWaiters(): SettleWaiters {
  const byEvent = new Map<string, Set<Open>>()
  let count = 0
  let isEnded = false

  function tellOne(one: Open): void {
    one.hasNews = true
    one.wake()
  }

  function close(eventId: string, one: Open): void {
    const others = byEvent.get(eventId)
    if (!others?.delete(one)) return
    count--
    if (others.size === 0) byEvent.delete(eventId)
  }

  async function next(one: Open, forMs: number): Promise<void> {
    if (!one.hasNews && !isEnded) await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, forMs)
      one.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    one.hasNews = false
  }

  return {
    open(eventId) {
      if (count >= MAX_WAITERS || isEnded) return undefined
      const one: Open = { hasNews: false, wake: () => undefined }
      byEvent.set(eventId, (byEvent.get(eventId) ?? new Set()).add(one))
      count++
      return { next: (forMs) => next(one, forMs), close: () => close(eventId, one) }
    },
    tell: (eventId) => byEvent.get(eventId)?.forEach(tellOne),
    isEnded: () => isEnded,
    endAll() {
      isEnded = true
      for (const waiting of byEvent.values()) waiting.forEach(tellOne)
    },
  }
}
