const ISO_8601 = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/
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
  const day = ISO_8601.exec(moment)?.[1]
  if (!day || !isRealDay(day)) return undefined
  const epochMs = Date.parse(moment)
  return Number.isNaN(epochMs) ? undefined : epochMs
}

/** `Date.parse` takes 30 February for 2 March; a typing mistake must not become another day. Up to the 28th every month has it. */
function isRealDay(day: string): boolean {
  if (day.slice(-2) <= '28') return true
  const epochMs = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day)
}
