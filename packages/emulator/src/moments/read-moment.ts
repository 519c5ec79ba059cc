const ISO_8601 = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/
const EPOCH_MS = /^-?\d{1,16}$/
const OFFSET_WITHOUT_COLON = /([+-]\d{2})(\d{2})$/

/**
 * Reads a moment as HubSpot writes them: ISO 8601 (a date, or date and time with Z or an offset) or milliseconds since 1970,
 * as a number or as digits. Undefined for everything else, 30 February included.
 */
export function readMoment(value: unknown): Date | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return validDate(value)
  if (typeof value !== 'string') return undefined
  if (EPOCH_MS.test(value)) return validDate(Number(value))
  const parts = ISO_8601.exec(value)
  if (parts === null || !isCalendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return undefined
  return validDate(Date.parse(value.includes('T') ? value.replace(OFFSET_WITHOUT_COLON, '$1:$2') : value))
}

// Date.parse turns 30 February into 2 March.
function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function validDate(ms: number): Date | undefined {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? undefined : date
}
