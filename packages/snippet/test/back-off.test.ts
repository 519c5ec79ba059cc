import { describe, expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: Window & StagePage & { waits: number[] }

const scene = begin()
/** How long a turn lasts after its last request: no wait of a back-off. */
const TURN_TAIL_MS = 100

/** Notes how long the page means to wait, and lets it wait no time at all, unless told otherwise. */
async function watchWaits(random: number, isShort = true): Promise<void> {
  await scene.page.addInitScript(({ random, isShort, TURN_TAIL_MS }) => {
    const wait = window.setTimeout
    window.waits = []
    Math.random = () => random
    Object.assign(window, {
      setTimeout(run: () => void, ms: number) {
        if (ms !== TURN_TAIL_MS) window.waits.push(ms)
        return wait(run, isShort ? 0 : ms)
      },
    })
  }, { random, isShort, TURN_TAIL_MS })
}

describe('after a failure', () => {
  for (const { random, waits } of [
    { random: 1, waits: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] },
    { random: 0.5, waits: [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] },
    { random: 0, waits: [0, 0, 0, 0, 0, 0, 0, 0] },
  ]) {
    const seconds = waits.map((ms) => ms / 1_000).join(', ')
    it(`each wait is a random part of 1 s, 2 s, 4 s … 60 s: with ${random} it is ${seconds} s`, async () => {
      const { stage, page } = scene
      await watchWaits(random)
      stage.endpoint.script = () => (stage.endpoint.requests.length < waits.length ? { status: 503 } : undefined)
      await stage.visitWithModule(page)
      expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
      expect(await page.evaluate(() => window.waits)).toEqual(waits)
    })
  }

  it('the waits begin anew once a request has succeeded', async () => {
    const { stage, page } = scene
    await watchWaits(1)
    const failing = [true, true, false, true, false]
    stage.endpoint.script = () => (failing.shift() ? { status: 500 } : undefined)
    await stage.visitWithModule(page)
    await page.evaluate(() => window.tracker.track('a'))
    await page.evaluate(() => window.tracker.track('b'))
    expect(await page.evaluate(() => window.waits)).toEqual([1_000, 2_000, 1_000])
  })

  it('a further event does not make the next attempt come sooner, and travels with it', async () => {
    const { stage, page } = scene
    const outage = { over: false }
    stage.endpoint.script = () => (outage.over ? undefined : { status: 503 })
    await page.addInitScript((TURN_TAIL_MS) => {
      const setTimeout = (run: () => void, ms: number) => (ms === TURN_TAIL_MS ? queueMicrotask(run) : window.waits.push(run as never))
      Object.assign(window, { waits: [], setTimeout })
    }, TURN_TAIL_MS)
    await stage.visitWithModule(page)
    await page.evaluate(() => void window.tracker.track('a'))
    await expect.poll(() => page.evaluate(() => window.waits.length)).toBe(1)
    await page.evaluate(async () => {
      void window.tracker.track('b')
      // The turn of `b` is over when a lock asked for after it is granted.
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)))
      for (const { name } of (await navigator.locks.query()).held ?? []) await navigator.locks.request(name!, () => {})
    })
    expect(stage.endpoint.requests).toHaveLength(1)
    outage.over = true
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => (window.waits[0] as unknown as () => void)()),
      expected: [{ event: 'a' }, { event: 'b' }],
    })
    expect(stage.endpoint.requests).toHaveLength(2)
  })
})

describe('Retry-After', () => {
  const ways = {
    'in seconds': () => '1',
    // A date has whole seconds: two ahead is more than one from now.
    'as a date': () => new Date(Date.now() + 2_000).toUTCString(),
  }
  for (const [name, retryAfter] of Object.entries(ways)) {
    for (const status of [429, 503]) {
      it(`${name} with ${status}: nothing is sent before, and everything after`, async () => {
        const { stage, page } = scene
        let header: string | undefined
        stage.endpoint.script = () => {
          if (header) return undefined
          header = retryAfter()
          return { status, headers: { 'retry-after': header } }
        }
        await stage.visitWithModule(page)
        expect(await page.evaluate(() => Promise.all([window.tracker.track('a'), window.tracker.track('b')])))
          .toEqual(['accepted', 'accepted'])
        const [first, second] = stage.endpoint.requests
        expect(second!.at).toBeGreaterThanOrEqual(name === 'as a date' ? Date.parse(header!) : first!.at + 1_000)
        expect(stage.endpoint.requests).toHaveLength(2)
      })
    }
  }

  it('is kept while further events come, by flush() and when the page is left', async () => {
    const { stage, page } = scene
    stage.endpoint.script = ({ body }) => (body?.batch ? { status: 429, headers: { 'retry-after': '60' } } : undefined)
    stage.site.paths['/next'] = `<script>fetch('${stage.endpoint.url}', { method: 'POST', body: '{}' })</script>`
    await stage.visitWithModule(page)
    await page.evaluate(() => void window.tracker.track('a'))
    await expect.poll(() => stage.endpoint.requests.length).toBe(1)
    await page.evaluate(async () => {
      // The answer has been read when the lock of the first turn is free.
      for (const { name } of (await navigator.locks.query()).held ?? []) await navigator.locks.request(name!, () => {})
      void window.tracker.track('b')
      await window.tracker.flush()
    })
    await page.goto(`${stage.site.url}/next`)
    await expect.poll(() => stage.endpoint.requests.length).toBe(2)
    expect(stage.endpoint.requests.map(({ body }) => body?.batch?.length)).toEqual([1, undefined])
  })

  it('of ten years is a pause, not a storm', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 429, headers: { 'retry-after': '315360000' } })
    await watchWaits(0, false)
    await stage.visitWithModule(page)
    await page.evaluate(() => void window.tracker.track('a'))
    // After the back-off's 0 ms, what ten years have beyond whole days: a moment less than one more.
    await expect.poll(() => page.evaluate(() => window.waits.length)).toBe(2)
    expect(await page.evaluate(() => window.waits[1])).toBeGreaterThan(86_000_000)
    expect(stage.endpoint.requests).toHaveLength(1)
  })
})
