import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_RETRY_SCHEDULE, waitAfterFailureMs } from '../../src/outbox/retry-schedule.ts'

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
    expect(waitAfterFailureMs(DEFAULT_RETRY_SCHEDULE, failures, ALMOST_ONE)).toBe(boundMs - 1)
    expect(waitAfterFailureMs(DEFAULT_RETRY_SCHEDULE, failures, 0)).toBe(0)
    expect(waitAfterFailureMs(DEFAULT_RETRY_SCHEDULE, failures, 0.5)).toBe(boundMs / 2)
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
