import { readMoment } from './read-moment.ts'

/** Reads a moment that must be ISO 8601, as text, with a time and a zone; undefined for everything else. */
export function readIsoMoment(value: unknown): Date | undefined {
  return typeof value === 'string' && value.includes('T') ? readMoment(value) : undefined
}
