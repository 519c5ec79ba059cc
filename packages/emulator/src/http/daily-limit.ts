import type { Allowance } from './rate-limit.ts'

type Day = { date: string; used: number }

/** Counts calls per key and day. A day begins at midnight UTC, the time zone of every account here. */
export function createDailyLimit({ now, perDay }: { now: () => Date; perDay: () => number | null }) {
  const days = new Map<string, Day>()

  /** What is left of the key's day, without taking from it; undefined while no limit is set. */
  function look(key: string): Allowance | undefined {
    const max = perDay()
    if (max === null) return undefined
    const { used } = today(key)
    return { max, remaining: Math.max(0, max - used), isRefused: used >= max }
  }

  function count(key: string): void {
    const { date, used } = today(key)
    days.set(key, { date, used: used + 1 })
  }

  function today(key: string): Day {
    const date = now().toISOString().slice(0, 10)
    const day = days.get(key)
    return day?.date === date ? day : { date, used: 0 }
  }

  return { look, count, clear: () => days.clear() }
}
