import { parseMoment } from '@trackline/shared'

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** A moment as people read it, in UTC: `22 Nov 2026, 10:21 UTC`. HubSpot shows it in the reader's own zone. What is no moment stays as it is. */
export function formatMoment(value: unknown): string {
  const moment = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  const epochMs = parseMoment(moment)
  return epochMs === undefined ? textOf(value) : `${FORMAT.format(epochMs)} UTC`
}

/** A value as a template shows it: what is no text, number or truth value shows nothing. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',')
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : ''
}
