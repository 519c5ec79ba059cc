import type { Outcome } from '../../outcome.ts'

const DAY_MS = 24 * 3_600_000
/** Accounts of one time zone must not all come back in the same second. */
const SPREAD_MS = 60_000
/** Where a clock is put forward at midnight there is none: look again soon. */
const LEAST_MS = 60_000

/** An answer said that nothing is left of the day: the same as the refusal that the next request would get. */
export const DAY_SPENT: Outcome = { kind: 'snooze', forMs: 3_600_000, code: 'HUBSPOT_DAILY_LIMIT', detail: 'HubSpot allows no more requests today' }

/**
 * What a limit of the day means: a wait until the day is over, which HubSpot ends at midnight in the account's time zone. Where the
 * zone is not known, the wait stays as it is: a look every hour.
 *
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
export function untilDailyReset(outcome: Outcome, { timeZone, now, random }: { timeZone: string | undefined; now: Date; random: number }): Outcome {
  if (outcome.kind !== 'snooze' || outcome.code !== 'HUBSPOT_DAILY_LIMIT' || timeZone === undefined) return outcome
  return { ...outcome, forMs: Math.max(LEAST_MS, msUntilMidnight(now, timeZone)) + Math.floor(random * SPREAD_MS) }
}

/** A day of that zone may have 23 or 25 hours. */
export function msUntilMidnight(now: Date, timeZone: string): number {
  const dayLater = now.getTime() + DAY_MS - msSinceMidnight(now, timeZone)
  const off = msSinceMidnight(new Date(dayLater), timeZone)
  return dayLater - now.getTime() - (off > DAY_MS / 2 ? off - DAY_MS : off)
}

function msSinceMidnight(at: Date, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const seconds = ((parts.get('hour') ?? 0) * 60 + (parts.get('minute') ?? 0)) * 60 + (parts.get('second') ?? 0)
  return seconds * 1_000 + (at.getTime() % 1_000)
}
