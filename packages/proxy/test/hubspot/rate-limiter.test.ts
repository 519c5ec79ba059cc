import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateLimiter } from '../../src/hubspot/rate-limiter.ts'

const WINDOW_MS = 10_000
const ACCOUNT = 62515

/** A clock that a sleeper moves: time passes only while somebody waits. */
function createClock() {
  let ms = 0
  return {
    ms: () => ms,
    now: () => new Date(ms),
    pass: (by: number) => void (ms += by),
    sleep: async (by: number) => void (ms += by),
  }
}

/** The most requests that any window of ten seconds holds; a window begins with a request. */
function mostInAnyWindow(sentAt: number[]): number {
  return Math.max(...sentAt.map((start) => sentAt.filter((at) => at >= start && at < start + WINDOW_MS).length))
}

async function sendAt(requestsPer10Seconds: number, gapsMs: number[]): Promise<number[]> {
  const clock = createClock()
  const takeTurn = rateLimiter({ requestsPer10Seconds, ...clock })
  const sentAt: number[] = []
  for (const gap of gapsMs) {
    clock.pass(gap)
    await takeTurn(ACCOUNT)
    sentAt.push(clock.ms())
  }
  return sentAt
}

describe('rateLimiter', () => {
  it('no window of ten seconds ever holds more than the limit, however requests come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 120 }),
        async (limit, gaps) => {
          expect(mostInAnyWindow(await sendAt(limit, gaps))).toBeLessThanOrEqual(limit)
        },
      ),
    )
  })

  it.each([1, 10, 100, 110, 190])('under steady load %i in ten seconds are used to 95 % at least', async (limit) => {
    const rounds = 20
    const sentAt = await sendAt(
      limit,
      Array.from({ length: limit * rounds + 1 }, () => 0),
    )
    const allowed = ((sentAt.at(-1) ?? 0) / WINDOW_MS) * limit
    expect((limit * rounds) / allowed).toBeGreaterThanOrEqual(0.95)
  })

  it('the first requests do not wait at all, up to the limit', async () => {
    expect(
      await sendAt(
        110,
        Array.from({ length: 110 }, () => 0),
      ),
    ).toEqual(Array.from({ length: 110 }, () => 0))
  })

  it("one account's requests are not another's", async () => {
    const clock = createClock()
    const takeTurn = rateLimiter({ requestsPer10Seconds: 1, ...clock })
    await takeTurn(1)
    await takeTurn(2)
    expect(clock.ms()).toBe(0)
    await takeTurn(1)
    expect(clock.ms()).toBeGreaterThan(WINDOW_MS)
  })

  it('several that wait at the same time do not go at the same time', async () => {
    const sleeping: { at: number; wake: () => void }[] = []
    let ms = 0
    const sleep = (by: number) => new Promise<void>((wake) => sleeping.push({ at: ms + by, wake }))
    const takeTurn = rateLimiter({ requestsPer10Seconds: 2, now: () => new Date(ms), sleep })
    const sentAt: number[] = []
    const sending = Array.from({ length: 8 }, () => takeTurn(ACCOUNT).then(() => sentAt.push(ms)))
    while (sentAt.length < 8) {
      // All that could run has run when nothing but sleepers is left.
      await new Promise(setImmediate)
      const next = sleeping.sort((a, b) => a.at - b.at).shift()
      if (!next) continue
      ms = Math.max(ms, next.at)
      next.wake()
    }
    await Promise.all(sending)
    expect(mostInAnyWindow(sentAt)).toBe(2)
  })
})
