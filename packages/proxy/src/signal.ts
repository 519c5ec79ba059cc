/** Lets one task sleep until another one has news. News that come while nobody sleeps are kept for the next who would. */
export interface Signal {
  raise(): void
  /** True when raised, false when `ms` passed first. One task waits at a time. */
  wait(ms: number): Promise<boolean>
}

export function createSignal(): Signal {
  let isRaised = false
  let wakeUp: (() => void) | undefined

  return {
    raise() {
      isRaised = true
      wakeUp?.()
    },
    async wait(ms) {
      if (!isRaised) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, ms)
        wakeUp = resolve
        await promise
        clearTimeout(timer)
        wakeUp = undefined
      }
      const wasRaised = isRaised
      isRaised = false
      return wasRaised
    },
  }
}
