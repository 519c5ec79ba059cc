import { describe, expect, it } from 'vitest'
import { ENGINES, titleOf } from './engines/engines.ts'
import { beginIn } from './stage/begin-in.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

describe.each(ENGINES)('$name', (engine) => {
  const scene = beginIn(engine)

  describe.skipIf(engine.missing)(`Global Privacy Control${titleOf(engine)}`, () => {
    it('drops every event, asks for no session, and consent does not overrule it', async () => {
      const { stage, page } = scene
      scene.runFirst(signalGlobalPrivacyControl)
      stage.site.requests.length = 0
      await stage.visitWithTag(page)
      expect(await page.evaluate(() => window.track('login'))).toBe('dropped')
      await page.evaluate(() => window.track.consent('grant'))
      expect(await page.evaluate(() => window.track('login'))).toBe('dropped')
      expect(stage.site.requests).not.toContain('/session-token')
      expect(stage.endpoint.requests).toEqual([])
    })

    it('deletes what an earlier visit stored', async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => ({ status: 503 })
      await stage.visitWithModule(page, { persist: true })
      await page.evaluate(() => void window.tracker.track('earlier'))
      await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
      scene.runFirst(signalGlobalPrivacyControl)
      await stage.visitWithModule(page, { persist: true })
      expect(await page.evaluate(() => localStorage.length)).toBe(0)
    })

    it('is ignored with data-gpc="ignore"', async () => {
      const { stage, page } = scene
      scene.runFirst(signalGlobalPrivacyControl)
      await stage.visitWithTag(page, { 'data-gpc': 'ignore' })
      expect(await page.evaluate(() => window.track('login'))).toBe('accepted')
    })
  })

  describe.skipIf(engine.missing)(`consent${titleOf(engine)}`, () => {
    it('pending: events wait in memory, nothing is asked, stored or sent; granted: they go', async () => {
      const { stage, page } = scene
      stage.site.requests.length = 0
      await stage.visitWithTag(page, { 'data-consent': 'pending', 'data-persist': '' }, "<script>track('early')</script>")
      await page.evaluate(() => void window.track('pending'))
      await page.evaluate(() => window.track.flush())
      expect(stage.site.requests.filter((path) => path === '/session-token')).toEqual([])
      expect(await page.evaluate(() => localStorage.length)).toBe(0)
      expect(stage.endpoint.requests).toEqual([])
      await expectDelivered(stage.endpoint, {
        action: () => page.evaluate(() => window.track.consent('grant')),
        expected: [{ event: 'early', person: 'ada' }, { event: 'pending', person: 'ada' }],
      })
    })

    it('pending while the session is being asked: nothing is sent with its answer', async () => {
      const { stage, page } = scene
      await stage.visitWithModule(page)
      await page.evaluate(() => {
        window.session = () => {
          window.tracker.consent('pending')
          return window.token
        }
        void window.tracker.track('waiting')
      })
      await page.evaluate(() => window.tracker.flush())
      expect(stage.endpoint.requests).toEqual([])
      await expectDelivered(stage.endpoint, {
        action: () => page.evaluate(() => {
          window.session = () => window.token
          window.tracker.consent('grant')
        }),
        expected: [{ event: 'waiting', person: 'ada' }],
      })
    })

    it.each(['denied', 'no', ''])('a word that is none of the three, such as "%s", is no consent: nothing is stored or sent', async (word) => {
      const { stage, page } = scene
      await stage.visitWithTag(page, { 'data-consent': word, 'data-persist': '' })
      await page.evaluate(() => {
        void window.track('login')
        return window.track.flush()
      })
      expect(await page.evaluate(() => localStorage.length)).toBe(0)
      expect(stage.endpoint.requests).toEqual([])
    })

    // WebKitGTK tells the tabs of a driven window nothing of each other's storage.
    it.skipIf(engine.name === 'WebKit')('pending, then denied: the events that waited are dropped, and never touch the storage', async () => {
      const { stage, page } = scene
      await stage.visitWithModule(page, { consent: 'pending', persist: true })
      const watcher = await scene.profile.newTab()
      stage.site.paths['/watch'] = '<!doctype html><script>window.seen = 0; addEventListener("storage", () => seen++)</script>'
      await watcher.goto(`${stage.site.url}/watch`)
      const outcome = await page.evaluate(() => {
        const waiting = window.tracker.track('pending')
        window.tracker.consent('deny')
        return waiting
      })
      expect(outcome).toBe('dropped')
      expect(await page.evaluate(() => window.failures)).toMatchObject([{ event: 'pending', code: 'deny' }])
      // A later write is a signal that an earlier one would have been seen by now.
      await page.evaluate(() => localStorage.setItem('signal', '1'))
      await expect.poll(() => watcher.evaluate(() => (window as unknown as { seen: number }).seen), { timeout: 15_000 }).toBe(1)
      expect(stage.endpoint.requests).toEqual([])
    })

    it('denied: what waits is dropped, what is stored is deleted, and what comes later is dropped', async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => ({ status: 503 })
      await stage.visitWithModule(page, { persist: true })
      const waiting = page.evaluate(() => window.tracker.track('before'))
      await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
      await page.evaluate(() => window.tracker.consent('deny'))
      expect(await waiting).toBe('dropped')
      expect(await page.evaluate(() => window.tracker.track('after'))).toBe('dropped')
      expect(await page.evaluate(() => localStorage.length)).toBe(0)
      stage.endpoint.clear()
      stage.endpoint.script = undefined
      await expectDelivered(stage.endpoint, {
        action: async () => {
          await page.evaluate(() => window.tracker.consent('grant'))
          await page.evaluate(() => window.tracker.track('granted again'))
        },
        expected: [{ event: 'granted again' }],
        refuted: [{ event: 'before' }, { event: 'after' }],
      })
    })

    it('denied while a request is on its way that is refused: what became of the event is told once', async () => {
      const { stage, page } = scene
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      stage.endpoint.script = () => ({ reject: ['before'], after: held })
      await stage.visitWithModule(page)
      const outcome = page.evaluate(() => window.tracker.track('before'))
      await expect.poll(() => stage.endpoint.requests.length).toBe(1)
      await page.evaluate(() => window.tracker.consent('deny'))
      release()
      expect(await outcome).toBe('dropped')
      await page.evaluate(() => window.tracker.flush())
      expect(await page.evaluate(() => window.failures)).toMatchObject([{ event: 'before', code: 'deny' }])
    })

    it('denied while a request is on its way: the event is not tried again', async () => {
      const { stage, page } = scene
      let release = () => {}
      const held = new Promise<void>((resolve) => (release = resolve))
      stage.endpoint.script = () => ({ status: 503, after: held })
      await stage.visitWithModule(page, { persist: true })
      const outcome = page.evaluate(() => window.tracker.track('before'))
      await expect.poll(() => stage.endpoint.requests.length).toBe(1)
      await page.evaluate(() => window.tracker.consent('deny'))
      release()
      expect(await outcome).toBe('dropped')
      expect(await page.evaluate(() => localStorage.length)).toBe(0)
      await page.evaluate(() => window.tracker.consent('grant'))
      await page.evaluate(() => window.tracker.flush())
      expect(stage.endpoint.requests).toHaveLength(1)
    })
  })
})

function signalGlobalPrivacyControl(): void {
  Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })
}
