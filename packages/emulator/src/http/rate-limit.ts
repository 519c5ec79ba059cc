export const RATE_LIMIT_INTERVAL_MS = 10_000

export type Allowance = { max: number; remaining: number; isRefused: boolean }

type Window = { times: number[]; first: number }

/**
 * Counts calls per key in a rolling window of 10 seconds: a call counts for exactly that long, not until the next full ten.
 * A refused call does not count.
 */
export function createRateLimit({ now, per10s }: { now: () => Date; per10s: () => number | null }) {
  const windows = new Map<string, Window>()

  /** Takes one call from the key's allowance; undefined while no limit is set. */
  function take(key: string): Allowance | undefined {
    const max = per10s()
    if (max === null) return undefined
    const at = now().getTime()
    const window = forget(windows.get(key) ?? { times: [], first: 0 }, at - RATE_LIMIT_INTERVAL_MS)
    windows.set(key, window)
    const used = window.times.length - window.first
    if (used >= max) return { max, remaining: 0, isRefused: true }
    window.times.push(at)
    return { max, remaining: max - used - 1, isRefused: false }
  }

  return { take, clear: () => windows.clear() }
}

const COMPACT_ABOVE = 1024

// Moving a start index instead of shifting: with a limit of 100 000 each shift would move the whole array.
function forget({ times, first }: Window, until: number): Window {
  let start = first
  while (start < times.length && (times[start] ?? 0) <= until) start += 1
  return start > COMPACT_ABOVE ? { times: times.slice(start), first: 0 } : { times, first: start }
}
