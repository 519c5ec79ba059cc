import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimit } from '../../src/identity/rate-limit.ts'

const MINUTE_MS = 60_000

describe('createRateLimit', () => {
  it('nobody gets more than the bucket holds and what flows in, however they ask', () => {
    const asks = fc.array(fc.record({ passMs: fc.integer({ min: 0, max: 30_000 }), cost: fc.integer({ min: 1, max: 30 }) }), {
      maxLength: 100,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), asks, (perMinute, asked) => {
        let ms = 0
        let taken = 0
        const waitFor = createRateLimit(perMinute, () => new Date(ms))
        for (const { passMs, cost } of asked) {
          ms += passMs
          if (waitFor('ada', cost) === 0) taken += Math.min(cost, perMinute)
          expect(taken).toBeLessThanOrEqual(perMinute + (ms / MINUTE_MS) * perMinute + 1e-6)
        }
      }),
    )
  })

  it('after the wait that it names, what was asked for is there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 0, max: 100 }),
        (perMinute, cost, passMs) => {
          let ms = 0
          const waitFor = createRateLimit(perMinute, () => new Date(ms))
          waitFor('ada', perMinute)
          ms += passMs
          const waitSeconds = waitFor('ada', cost)
          ms += waitSeconds * 1000
          expect(waitFor('ada', cost)).toBe(0)
        },
      ),
    )
  })

  it('being refused costs nothing', () => {
    let ms = 0
    const waitFor = createRateLimit(10, () => new Date(ms))
    waitFor('ada', 10)
    for (let times = 0; times < 100; times++) waitFor('ada', 10)
    ms += MINUTE_MS
    expect(waitFor('ada', 10)).toBe(0)
  })

  it('a clock that is put back gives and takes nothing', () => {
    let ms = MINUTE_MS
    const waitFor = createRateLimit(10, () => new Date(ms))
    waitFor('ada', 5)
    ms = 0
    expect(waitFor('ada', 5)).toBe(0)
    expect(waitFor('ada', 1)).toBeGreaterThan(0)
  })

  it('false lets everybody send any number', () => {
    const waitFor = createRateLimit(false, () => new Date(0))
    expect(waitFor('ada', 1e9)).toBe(0)
  })
})
