const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** A moment as people write it, in UTC: `22 Nov 2026, 10:21 UTC`. */
export function formatMoment(moment: Date): string {
  const time = `${pad(moment.getUTCHours())}:${pad(moment.getUTCMinutes())}`
  return `${moment.getUTCDate()} ${monthName(moment).slice(0, 3)} ${moment.getUTCFullYear()}, ${time} UTC`
}

/** The month a moment is in, in UTC: `November 2026`. */
export function formatMonth(moment: Date): string {
  return `${monthName(moment)} ${moment.getUTCFullYear()}`
}

function monthName(moment: Date): string {
  return MONTHS[moment.getUTCMonth()] ?? ''
}

function pad(part: number): string {
  return String(part).padStart(2, '0')
}
