import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTurns } from '../../src/hubspot/turns.ts'
import type { Turn, Turns } from '../../src/hubspot/turns.ts'

const WINDOW_MS = 10_000
const NOBODY_BEFORE = JSON.stringify({ slots: [], share: 1 })

/** A clock that whoever sleeps moves. */
function createClock() {
  let ms = 1_000_000
  return { ms: () => ms, now: () => new Date(ms), pass: (by: number) => void (ms += by), sleep: async (by: number) => void (ms += by) }
}

/** The most requests that any window of ten seconds holds; a window begins with a request. */
function mostInAnyWindow(arrivedAt: number[]): number {
  return Math.max(...arrivedAt.map((start) => arrivedAt.filter((at) => at >= start && at < start + WINDOW_MS).length))
}

async function take(turns: Turns): Promise<Turn> {
  const turn = await turns.take()
  if (!turn) throw new Error('it was not told to stop')
  return turn
}

interface Journey {
  gapMs: number
  /** From the sending to HubSpot. */
  thereMs: number
  backMs: number
}

/** Makes requests one after the other, as soon as each may; says when each reached HubSpot, and when the last was sent. */
async function send(turns: Turns, clock: ReturnType<typeof createClock>, journeys: Journey[]) {
  const arrivedAt: number[] = []
  for (const { gapMs, thereMs, backMs } of journeys) {
    clock.pass(gapMs)
    const turn = await take(turns)
    clock.pass(thereMs)
    arrivedAt.push(clock.ms())
    clock.pass(backMs)
    turn.answered()
  }
  return arrivedAt
}

const atOnce = (times: number): Journey[] => Array.from({ length: times }, () => ({ gapMs: 0, thereMs: 0, backMs: 0 }))

describe("an account's turns", () => {
  it('no window of ten seconds at HubSpot ever holds more than the limit, whatever the network does', async () => {
    const journey = fc.record({ gapMs: fc.integer({ min: 0, max: 4_000 }), thereMs: fc.integer({ min: 0, max: 3_000 }), backMs: fc.integer({ min: 0, max: 3_000 }) })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.array(journey, { minLength: 1, maxLength: 120 }), async (limit, journeys) => {
        const clock = createClock()
        const turns = createTurns({ requestsPer10Seconds: limit, ...clock }, NOBODY_BEFORE)
        expect(mostInAnyWindow(await send(turns, clock, journeys))).toBeLessThanOrEqual(limit)
      }),
    )
  })

  it.each([1, 10, 100, 110, 190])('under steady load %i in ten seconds are used to 95 % at least', async (limit) => {
    const clock = createClock()
    const startedAt = clock.ms()
    const rounds = 20
    await send(createTurns({ requestsPer10Seconds: limit, ...clock }, NOBODY_BEFORE), clock, atOnce(limit * rounds + 1))
    const allowed = ((clock.ms() - startedAt) / WINDOW_MS) * limit
    expect((limit * rounds) / allowed).toBeGreaterThanOrEqual(0.95)
  })

  it('after a rest a fifth goes at once, and the rest is spread over the window', async () => {
    const clock = createClock()
    const turns = createTurns({ requestsPer10Seconds: 100, ...clock }, NOBODY_BEFORE)
    const sentAt = (await send(turns, clock, atOnce(22))).map((at) => at - 1_000_000)
    expect(sentAt.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 0))
    expect(sentAt.slice(20)).toEqual([100, 200])
  })

  it('a turn that was not used is given to the next', async () => {
    const clock = createClock()
    const turns = createTurns({ requestsPer10Seconds: 1, ...clock }, NOBODY_BEFORE)
    const unused = await take(turns)
    expect(turns.tryTake()).toBeTypeOf('number')
    unused.cancel()
    expect(turns.tryTake()).toBeTypeOf('object')
  })

  it('requests on their way count, however long they take', async () => {
    const clock = createClock()
    const turns = createTurns({ requestsPer10Seconds: 2, ...clock }, NOBODY_BEFORE)
    turns.tryTake()
    clock.pass(WINDOW_MS * 3)
    turns.tryTake()
    clock.pass(WINDOW_MS * 3)
    expect(turns.tryTake()).toBeTypeOf('number')
  })

  it.each([-3_600_000, 3_600_000])('a clock that jumps by %i ms stops nothing', async (jump) => {
    const clock = createClock()
    const turns = createTurns({ requestsPer10Seconds: 10, ...clock }, NOBODY_BEFORE)
    await send(turns, clock, atOnce(10))
    clock.pass(jump)
    const jumpedAt = clock.ms()
    await send(turns, clock, atOnce(10))
    expect(clock.ms() - jumpedAt).toBeLessThan(3 * WINDOW_MS)
  })
})

describe('what HubSpot says', () => {
  /** Requests without any wait between them. */
  function freeNow(turns: Turns): number {
    let free = 0
    while (typeof turns.tryTake() !== 'number') free += 1
    return free
  }

  async function answered(limits: { max?: number; remaining?: number; dailyRemaining?: number }, options: { requestsPer10Seconds?: number } = {}) {
    const clock = createClock()
    const turns = createTurns({ ...clock, ...options }, NOBODY_BEFORE)
    const turn = await take(turns)
    turn.answered(limits)
    return { turns, clock }
  }

  it.each([
    ['its limit is taken over', { max: 190 }, {}, 36],
    ['a limit of our own that is lower stays', { max: 190 }, { requestsPer10Seconds: 100 }, 19],
    ['its limit holds where ours is higher', { max: 50 }, { requestsPer10Seconds: 100 }, 9],
    ['until it says one, 110 is the limit', {}, {}, 21],
    ["another program's requests count, too", { max: 110, remaining: 2 }, {}, 2],
    ['our own are not taken for theirs', { max: 110, remaining: 109 }, {}, 21],
  ])('%s', async (_, limits, options, free) => {
    const { turns } = await answered(limits, options)
    expect(freeNow(turns)).toBe(free)
  })

  it('answers that come late or out of turn do not make others of our own requests', async () => {
    const clock = createClock()
    const turns = createTurns(clock, NOBODY_BEFORE)
    const several = await Promise.all(Array.from({ length: 8 }, () => take(turns)))
    clock.pass(9_000)
    several.toReversed().forEach((turn, index) => turn.answered({ max: 110, remaining: 102 + (index % 8) }))
    expect(freeNow(turns)).toBe(22)
  })

  it('no more today is said until an answer says otherwise', async () => {
    const { turns, clock } = await answered({ dailyRemaining: 0 })
    expect(turns.isDaySpent()).toBe(true)
    clock.pass(1)
    const next = await take(turns)
    next.answered({ dailyRemaining: 249_999 })
    expect(turns.isDaySpent()).toBe(false)
  })

  it('after a refusal half as many go, and more again with each window that passes well', async () => {
    const { turns, clock } = await answered({ max: 100 })
    ;(await take(turns)).refused()
    clock.pass(9_999)
    expect(await rate(turns, clock)).toBeLessThanOrEqual(65)
    clock.pass(6 * WINDOW_MS)
    expect(await rate(turns, clock)).toBeGreaterThan(90)
  })

  it('refusals of requests that were on their way together are one; that of a later request is another', async () => {
    const { turns } = await answered({ max: 100 })
    const share = () => JSON.parse(turns.handover() ?? '').share
    const together = await Promise.all([take(turns), take(turns), take(turns)])
    together.forEach((turn) => turn.refused())
    expect(share()).toBe(0.5)
    ;(await take(turns)).refused()
    expect(share()).toBe(0.25)
  })

  it('whoever waits for one gives up when it must stop, soon after', async () => {
    const clock = createClock()
    const turns = createTurns({ requestsPer10Seconds: 1, ...clock }, NOBODY_BEFORE)
    ;(await take(turns)).answered()
    const stopAt = clock.ms() + 1_000
    expect(await turns.take(() => clock.ms() >= stopAt)).toBeUndefined()
    expect(clock.ms() - stopAt).toBeLessThanOrEqual(100)
  })

  /** Requests that fit into the next window. */
  async function rate(turns: Turns, clock: ReturnType<typeof createClock>): Promise<number> {
    const until = clock.ms() + WINDOW_MS
    let sent = 0
    for (; clock.ms() < until; sent++) (await take(turns)).answered()
    return sent
  }
})

describe('a lease that changes hands', () => {
  it('hands over what HubSpot still counts: both holders together stay below the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12_000 }), async (before, restMs) => {
        const clock = createClock()
        const options = { requestsPer10Seconds: 30, ...clock }
        const first = createTurns(options, NOBODY_BEFORE)
        const arrivedAt = await send(first, clock, atOnce(before))
        clock.pass(restMs)
        const second = createTurns(options, first.handover())
        expect(mostInAnyWindow([...arrivedAt, ...(await send(second, clock, atOnce(60)))])).toBeLessThanOrEqual(30)
      }),
    )
  })

  it('hands over the limit that HubSpot named, and how much of it is used after a refusal', async () => {
    const clock = createClock()
    const first = createTurns(clock, NOBODY_BEFORE)
    ;(await take(first)).answered({ max: 200 })
    ;(await take(first)).refused()
    expect(JSON.parse(createTurns(clock, first.handover()).handover() ?? '')).toMatchObject({ max: 200, share: 0.5 })
  })

  it('what is used of the limit after a 429 grows back through rounds that are shorter than a window', async () => {
    const clock = createClock()
    const first = createTurns(clock, NOBODY_BEFORE)
    ;(await take(first)).refused()
    let handover = first.handover()
    for (let round = 0; round < 12; round++) {
      clock.pass(5_000)
      const turns = createTurns(clock, handover)
      turns.tryTake()
      handover = turns.handover()
    }
    expect(JSON.parse(handover ?? '').share).toBeCloseTo(1)
  })

  it('hands over nothing where nothing is known: whoever made no request does not pass on that there were none', () => {
    const clock = createClock()
    expect(createTurns(clock).handover()).toBe(undefined)
    expect(createTurns(clock, NOBODY_BEFORE).handover()).toBeTypeOf('string')
  })

  it.each([undefined, 'something else', '{"slots":[["a"]]}'])('where nothing is known (%s) one request goes first, and its answer tells', async (handover) => {
    const clock = createClock()
    const turns = createTurns(clock, handover)
    const first = await take(turns)
    expect(turns.tryTake()).toBeTypeOf('number')
    first.answered({ max: 110, remaining: 1 })
    expect(turns.tryTake()).toBeTypeOf('object')
    expect(turns.tryTake()).toBeTypeOf('number')
  })
})
