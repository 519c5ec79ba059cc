const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/
/** The largest distance from 1970 that a `Date` can hold (ECMA-262, "Time Values and Time Range"). */
const MAX_EPOCH_MS = 8.64e15

/**
 * Reads a moment: ISO 8601 with a zone (a bare date is midnight UTC), or milliseconds since 1970.
 *
 * @returns milliseconds since 1970, or undefined when it is neither, or names a day that does not exist
 */
export function parseMoment(moment: unknown): number | undefined {
  if (typeof moment === 'number') return Number.isFinite(moment) && Math.abs(moment) <= MAX_EPOCH_MS ? Math.trunc(moment) : undefined
  if (typeof moment !== 'string') return undefined
  if (!ISO_8601.test(moment) || !namesRealDay(moment)) return undefined
  const epochMs = Date.parse(moment)
  return Number.isNaN(epochMs) ? undefined : epochMs
}

/** `Date.parse` takes 30 February for 2 March, and day 0 for some other; a typing mistake must not become another day. */
function namesRealDay(moment: string): boolean {
  const month = moment.slice('YYYY-'.length, 'YYYY-MM'.length)
  const day = moment.slice('YYYY-MM-'.length, 'YYYY-MM-DD'.length)
  if (month < '01' || month > '12' || day < '01') return false
  // Every month has as many days, and every one but February two more.
  if (day <= '28' || (day <= '30' && month !== '02')) return true
  return Number(day) <= daysIn(Number(moment.slice(0, 'YYYY'.length)), Number(month))
}

/** Day 0 of the month after. The calendar repeats itself every 400 years; `Date.UTC` takes the years 0 to 99 for others. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2_000 + (year % 400), month, 0)).getUTCDate()
}
