import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { ConfigSchema } from '../../src/config-schema.ts'
import { waitAfterFailureMs } from '../../src/outbox/retry-schedule.ts'

/** What a configuration that says nothing of retries gets. */
const { retry } = ConfigSchema.properties
const DEFAULTS = Value.Parse(retry, Value.Default(retry, {}))
const ALMOST_ONE = 1 - Number.EPSILON

describe('waitAfterFailureMs', () => {
  it.each([
    [1, 10_000],
    [2, 20_000],
    [3, 40_000],
    [4, 80_000],
    [9, 2_560_000],
    [10, 3_600_000],
    [11, 3_600_000],
    [1_000_000, 3_600_000],
  ])('after failure %i the wait is at most %i ms, and as little as none', (failures, boundMs) => {
    expect(waitAfterFailureMs(DEFAULTS, failures, ALMOST_ONE)).toBe(boundMs - 1)
    expect(waitAfterFailureMs(DEFAULTS, failures, 0)).toBe(0)
    expect(waitAfterFailureMs(DEFAULTS, failures, 0.5)).toBe(boundMs / 2)
  })

  it('a row that the configuration says nothing of is given up after 72 hours', () => {
    expect(DEFAULTS.giveUpAfterMs).toBe(72 * 3_600_000)
  })

  it('whatever the schedule, the wait is a whole number that never exceeds the longest', () => {
    const schedule = fc.record({
      firstMs: fc.integer({ min: 1, max: 1e9 }),
      maxMs: fc.integer({ min: 1, max: 1e9 }),
      giveUpAfterMs: fc.constant(1),
    })
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(schedule, fc.integer({ min: 1, max: 1e6 }), random, (given, failures, chance) => {
        const waitMs = waitAfterFailureMs(given, failures, chance)
        expect(Number.isInteger(waitMs)).toBe(true)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThanOrEqual(given.maxMs)
      }),
    )
  })
})
