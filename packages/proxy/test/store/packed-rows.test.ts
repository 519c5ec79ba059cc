import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { EventRow } from '../../src/store/sqlite/event-row.ts'
import { packRows, unpackRows } from '../../src/store/sqlite/packed-rows.ts'

/** Any text there is: halves of surrogate pairs too, whose other half may come first in the next text. */
const text = fc.string({ unit: 'binary' }).chain((whole) => fc.constantFrom(whole, whole.slice(0, 1), '\ud83d', '\ude00', ''))
const value = fc.oneof(text, fc.constant(null), fc.integer(), fc.double({ noNaN: true }))
const row = fc.tuple(fc.array(value, { maxLength: 20 }), fc.array(text, { maxLength: 3 }))
const calls = fc.array(fc.array(row, { maxLength: 5 }), { maxLength: 5 }) as fc.Arbitrary<unknown> as fc.Arbitrary<EventRow[][]> // Values of any kind, in any order.

it('what is packed, and copied to another thread, is read back as it was', () => {
  fc.assert(
    fc.property(calls, (packed) => {
      expect(unpackRows(structuredClone(packRows(packed)))).toEqual(packed)
    }),
    { numRuns: 500 },
  )
})
