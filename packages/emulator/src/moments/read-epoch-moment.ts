import { readMoment } from './read-moment.ts'

/** Reads a moment that must be milliseconds since 1970, as a number or as digits; undefined for everything else. */
export function readEpochMoment(value: unknown): Date | undefined {
  const isDigits = typeof value === 'string' && /^-?\d+$/.test(value)
  return typeof value === 'number' || isDigits ? readMoment(value) : undefined
}
