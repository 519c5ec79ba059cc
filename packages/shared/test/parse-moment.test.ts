import { parseMoment } from '@trackline/shared'
import fc from 'fast-check'
import { expect, it } from 'vitest'

it.each([
  '2026-11-22T10:00:00', '2026-11-22 10:00:00Z', '22.11.2026', '2026-13-01', '2026-02-29', '2026-04-31T00:00:00Z', '2026-11-22T25:00:00Z', '', 'now',
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
