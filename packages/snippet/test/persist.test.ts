import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright'
import { begin } from './stage/begin.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

const ALL_TEN = Array.from({ length: 10 }, (_, n) => ({ event: `waiting${n}`, person: 'ada' }))
const DAY_MS = 86_400_000
const scene = begin()

async function trackTen(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (let n = 0; n < 10; n++) void window.tracker.track(`waiting${n}`)
  })
}

function stored(page: Page): Promise<number> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => / 1\d+/.test(key)).length)
}

describe('without persist', () => {
  it('nothing is stored: no localStorage, no sessionStorage, no cookie, no database', async () => {
    const { stage, page, context } = scene
    stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '60' } })
    await stage.visitWithModule(page)
    await trackTen(page)
    await expect.poll(() => stage.endpoint.requests.length).toBe(1)
    expect(await page.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]))
      .toEqual([0, 0, 0])
    expect(await context.cookies()).toEqual([])
  })
})

describe('with persist', () => {
  it('503, then a reload: all events arrive, and the storage is empty again', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503 })
    await stage.visitWithModule(page, { persist: true })
    await trackTen(page)
    await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
    stage.endpoint.script = undefined
    await expectDelivered(stage.endpoint, { action: () => stage.visitWithModule(page, { persist: true }), expected: ALL_TEN })
    await expect.poll(() => stored(page)).toBe(0)
  })

  it('offline, the tab closed: all events arrive with the next visit', async () => {
    const { stage, page, context } = scene
    await stage.visitWithTag(page, { 'data-persist': '' })
    await page.evaluate(() => window.track('online'))
    await context.setOffline(true)
    await page.evaluate(() => {
      for (let n = 0; n < 10; n++) void window.track(`waiting${n}`)
    })
    await page.close()
    await context.setOffline(false)
    const next = await context.newPage()
    await expectDelivered(stage.endpoint, { action: () => stage.visitWithTag(next, { 'data-persist': '' }), expected: ALL_TEN })
  })

  it('a crash right after track: all events arrive with the next visit', async () => {
    const { stage, page, context } = scene
    stage.endpoint.script = () => ({ drop: true })
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => window.tracker.flush())
    const crashed = page.waitForEvent('crash')
    await trackTen(page)
    // The tab's process ends without unloading the page.
    const session = await context.newCDPSession(page)
    session.send('Page.crash').catch(() => {})
    await crashed
    stage.endpoint.script = undefined
    const next = await context.newPage()
    await expectDelivered(stage.endpoint, { action: () => stage.visitWithModule(next, { persist: true }), expected: ALL_TEN })
  })

  it('200 KB, left, come back: all twenty events arrive', async () => {
    const { stage, page } = scene
    stage.site.paths['/next'] = '<!doctype html><title>next</title>'
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => window.tracker.track('first'))
    await page.evaluate(() => {
      for (let n = 0; n < 20; n++) void window.tracker.track(`large${n}`, { text: 'x'.repeat(10_000) })
      location.href = '/next'
    })
    await page.waitForURL('**/next')
    await stage.visitWithModule(page, { persist: true })
    await expect.poll(() => new Set(stage.endpoint.messages().map(({ event }) => event)).size, { timeout: 10_000 }).toBe(21)
  })

  it('twenty events waiting in four tabs: each is sent once', async () => {
    const { stage, context } = scene
    stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '1' } })
    const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()))
    for (const tab of tabs) await stage.visitWithModule(tab, { persist: true })
    for (const [at, tab] of tabs.entries()) {
      await tab.evaluate((at) => {
        for (let n = 0; n < 5; n++) void window.tracker.track(`tab${at}event${n}`)
      }, at)
    }
    await expect.poll(() => stored(tabs[0]!)).toBe(20)
    stage.endpoint.script = undefined
    const names = tabs.flatMap((_, at) => Array.from({ length: 5 }, (_, n) => `tab${at}event${n}`))
    await expectDelivered(stage.endpoint, { expected: names.map((event) => ({ event, person: 'ada' })) })
    await expect.poll(() => stored(tabs[0]!)).toBe(0)
    expect(stage.endpoint.messages()).toHaveLength(20)
  })

  it('an event that another tab sent resolves accepted in its own', async () => {
    const { stage, page, context } = scene
    stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '1' } })
    await stage.visitWithModule(page, { persist: true })
    const outcome = page.evaluate(() => window.tracker.track('shared'))
    await expect.poll(() => stage.endpoint.requests.length).toBe(1)
    stage.endpoint.script = undefined
    const other = await context.newPage()
    await stage.visitWithModule(other, { persist: true })
    expect(await outcome).toBe('accepted')
    expect(stage.endpoint.messages()).toHaveLength(1)
  })

  for (const [name, answer] of Object.entries({ 'one event': { reject: ['refused'] }, 'the whole request': { status: 410, body: { code: 'EVENT_UNKNOWN' } } })) {
    it(`an earlier page's event that the proxy refuses for good (${name}) is told to onError of the page that sent it`, async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => ({ status: 503 })
      await stage.visitWithModule(page, { persist: true })
      await page.evaluate(() => void window.tracker.track('refused', { plan: 'pro {1}' }))
      await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
      const { messageId, timestamp } = stage.endpoint.requests[0]!.body!.batch[0]!
      stage.endpoint.script = () => answer
      await stage.visitWithModule(page, { persist: true })
      const failure = { event: 'refused', properties: { plan: 'pro {1}' }, messageId, timestamp, outcome: 'rejected', code: 'EVENT_UNKNOWN' }
      await expect.poll(() => page.evaluate(() => window.failures)).toMatchObject([failure])
      expect(await stored(page)).toBe(0)
    })
  }

  it('the pause that Retry-After asked of one tab is kept by the others', async () => {
    const { stage, page, context } = scene
    stage.endpoint.script = () => ({ status: 429, headers: { 'retry-after': '3600' } })
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => void window.tracker.track('first'))
    await expect.poll(() => page.evaluate(() => Object.keys(localStorage).some((key) => key.endsWith('/v1/b')))).toBe(true)
    const other = await context.newPage()
    await stage.visitWithModule(other, { persist: true })
    await other.evaluate(async () => {
      void window.tracker.track('second')
      await window.tracker.flush()
    })
    expect(stage.endpoint.requests).toHaveLength(1)
  })

  it('an event older than 7 days is dropped, a younger one sent', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503 })
    const start = new Date('2026-11-01T00:00:00Z')
    await page.clock.install({ time: start })
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => void window.tracker.track('old'))
    await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
    await page.clock.setSystemTime(start.getTime() + 2 * DAY_MS)
    await page.evaluate(() => void window.tracker.track('younger'))
    await expect.poll(() => stored(page)).toBe(2)
    await page.clock.setSystemTime(start.getTime() + 7 * DAY_MS + 60_000)
    // A page that is left sends what it has: still in vain.
    stage.site.paths['/next'] = '<!doctype html>'
    await page.goto(`${stage.site.url}/next`)
    stage.endpoint.clear()
    stage.endpoint.script = undefined
    await expectDelivered(stage.endpoint, {
      action: () => stage.visitWithModule(page, { persist: true }),
      expected: [{ event: 'younger' }],
      refuted: [{ event: 'old' }],
    })
    await expect.poll(() => stored(page)).toBe(0)
  })

  it('an event that grew older than 7 days while no page was open is dropped by the next one, which says so', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503 })
    const start = new Date('2026-11-01T00:00:00Z')
    await page.clock.install({ time: start })
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => void window.tracker.track('old', { plan: 'pro' }))
    await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
    const kept = await page.evaluate(() => Object.entries(localStorage))
    stage.site.paths['/next'] = '<!doctype html>'
    await page.goto(`${stage.site.url}/next`)
    await page.clock.setSystemTime(start.getTime() + 7 * DAY_MS + 60_000)
    // As a page leaves it that ended without a word.
    await page.evaluate((kept) => kept.forEach(([key, value]) => localStorage.setItem(key, value as string)), kept)
    await stage.visitWithModule(page, { persist: true })
    expect(await page.evaluate(() => window.failures)).toMatchObject([{ event: 'old', properties: { plan: 'pro' }, code: 'expired', outcome: 'dropped' }])
    expect(await stored(page)).toBe(0)
  })

  it('of more than 1,000 waiting events the oldest are dropped, and say so', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '3600' } })
    await stage.visitWithModule(page, { persist: true })
    const outcome = await page.evaluate(() => {
      const oldest = window.tracker.track('one too many')
      for (let n = 0; n < 1_000; n++) void window.tracker.track('waiting')
      return oldest
    })
    expect(outcome).toBe('dropped')
    expect(await page.evaluate(() => window.failures)).toMatchObject([{ event: 'one too many', code: 'full' }])
    expect(await stored(page)).toBe(1_000)
  })

  it('what nobody signed in for leaves room for who signs in later', async () => {
    const { stage, page } = scene
    stage.session.person = undefined
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(async () => {
      for (let n = 0; n < 1_000; n++) void window.tracker.track('of nobody')
      await window.tracker.flush()
    })
    expect(await stored(page)).toBe(1_000)
    stage.session.person = 'ada'
    await expectDelivered(stage.endpoint, {
      action: async () => {
        await stage.visitWithModule(page, { persist: true })
        expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
      },
      expected: [{ event: 'login', person: 'ada' }],
    })
  })

  it('and a full storage: what the site keeps there stays as the site has left it', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503 })
    await stage.visitWithModule(page, { persist: true })
    const kept = await page.evaluate(() => {
      localStorage.setItem('cart', 'old')
      localStorage.setItem('filler', 'x'.repeat(5 * 1_024 * 1_024 - 1_000))
      void window.tracker.track('waiting', { text: 'x'.repeat(2_000) })
      localStorage.setItem('cart', 'new')
      localStorage.removeItem('filler')
      window.tracker.consent('grant')
      return [localStorage.getItem('cart'), localStorage.getItem('filler')]
    })
    expect(kept).toEqual(['new', null])
    expect(await stored(page), 'and what did not fit is stored now').toBe(1)
  })

  it('and a full storage: what does not fit waits in memory, and all of it arrives', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503 })
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => {
      void window.tracker.track('waiting0')
      localStorage.setItem('filler', 'x'.repeat(5 * 1_024 * 1_024 - 2_000))
      for (let n = 1; n < 10; n++) void window.tracker.track(`waiting${n}`, { text: 'x'.repeat(1_000) })
    })
    await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
    stage.endpoint.script = undefined
    await expectDelivered(stage.endpoint, { action: () => page.evaluate(() => void window.tracker.flush()), expected: ALL_TEN })
  })

  it('and the storage denied: events wait in memory and arrive', async () => {
    const { stage, page } = scene
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    })
    await stage.visitWithModule(page, { persist: true })
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
  })

  it('stores no token and no id of the person, and leaves the keys of others alone', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '60' } })
    await stage.visitWithModule(page, { persist: true })
    await page.evaluate(() => localStorage.setItem('theme', 'dark'))
    await trackTen(page)
    await expect.poll(() => stage.endpoint.requests.length).toBe(1)
    const storage = await page.evaluate(() => JSON.stringify(localStorage))
    const token = await page.evaluate(() => window.token!)
    expect(storage).not.toContain(token.split('.')[1])
    expect(storage).not.toContain('ada')
    await page.evaluate(() => window.tracker.consent('deny'))
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => !key.endsWith('/v1/b')))).toEqual(['theme'])
  })

  it('in cookie mode without a session nothing is stored: nobody could tell whose it is', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '60' } })
    const attributes = `data-endpoint="${stage.endpoint.url}" data-credentials="include" data-persist`
    stage.site.paths['/cookie'] = `<script src="/s.js" ${attributes}></script>`
    await page.goto(`${stage.site.url}/cookie`)
    await page.evaluate(() => void window.track('login'))
    await expect.poll(() => stage.endpoint.requests.length).toBe(1)
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  })
})

describe('a page that comes back', () => {
  it('online sends what waited, without a further event', async () => {
    const { stage, page, context } = scene
    await stage.visitWithModule(page)
    await context.setOffline(true)
    await page.evaluate(() => {
      for (let n = 0; n < 10; n++) void window.tracker.track(`offline${n}`)
    })
    await expectDelivered(stage.endpoint, {
      action: () => context.setOffline(false),
      expected: Array.from({ length: 10 }, (_, n) => ({ event: `offline${n}`, person: 'ada' })),
    })
  })
})
