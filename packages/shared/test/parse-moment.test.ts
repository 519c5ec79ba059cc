import { parseMoment } from '@trackline/shared'
import fc from 'fast-check'
import { expect, it } from 'vitest'

it.each([
  '2026-11-22T10:00:00', '2026-11-22 10:00:00Z', '22.11.2026', '2026-13-01', '2026-02-29', '2026-04-31T00:00:00Z', '2026-01-00', '2026-00-10', '2026-11-22T25:00:00Z', '', 'now',
  Number.NaN, Number.POSITIVE_INFINITY, 8.7e15, true, null, undefined, {}, new Date(0),
])('%j is no moment', (moment) => {
  expect(parseMoment(moment)).toBeUndefined()
})

it('29 February is a day of a leap year', () => {
  expect(parseMoment('2028-02-29')).toBe(Date.UTC(2028, 1, 29))
})

it('what a Date writes is read back to the millisecond', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (moment) => {
      expect(parseMoment(moment.toISOString())).toBe(moment.getTime())
    }),
  )
})

it('a day is read where the calendar has it, and nowhere else', () => {
  const digits = (max: number, length: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(length, '0'))
  fc.assert(
    fc.property(digits(9_999, 4), digits(13, 2), digits(32, 2), (year, month, dayOfMonth) => {
      const day = `${year}-${month}-${dayOfMonth}`
      // A Date that was carried into the next month writes another day than it was made from.
      const epochMs = Date.parse(`${day}T00:00:00Z`)
      const isReal = !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day)
      for (const moment of [day, `${day}T00:00:00Z`, `${day}T02:00:00+0200`]) expect(parseMoment(moment)).toBe(isReal ? epochMs : undefined)
    }),
    { numRuns: 2_000 },
  )
})
