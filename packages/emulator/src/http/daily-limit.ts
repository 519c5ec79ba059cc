import type { Allowance } from './rate-limit.ts'

type Day = { date: string; used: number }

type DailyLimitOptions = {
  now: () => Date
  perDay: () => number | null
  /** In which time zone a key's day begins at midnight. */
  timeZoneOf: (key: string) => string
}

/** Counts calls per key and day. */
export function createDailyLimit({ now, perDay, timeZoneOf }: DailyLimitOptions) {
  const days = new Map<string, Day>()

  /** What is left of the key's day, without taking from it; undefined while no limit is set. */
  function look(key: string): Allowance | undefined {
    const max = perDay()
    if (max === null) return undefined
    const { used } = today(key)
    return { max, remaining: Math.max(0, max - used), isRefused: used >= max }
  }

  function count(key: string): void {
    if (perDay() === null) return
    const { date, used } = today(key)
    days.set(key, { date, used: used + 1 })
  }

  function today(key: string): Day {
    const date = now().toLocaleDateString('sv', { timeZone: timeZoneOf(key) })
    const day = days.get(key)
    return day?.date === date ? day : { date, used: 0 }
  }

  return { look, count, clear: () => days.clear() }
}
