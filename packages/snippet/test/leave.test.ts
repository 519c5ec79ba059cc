import { describe, expect, it } from 'vitest'
import type { Tab } from './engines/engine.ts'
import { ENGINES, titleOf } from './engines/engines.ts'
import { beginIn } from './stage/begin-in.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import { makeToken } from './stage/make-token.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: Window & StagePage & { sent: { keepalive: boolean; bytes: number }[]; most: number }

const MAX_BODY_BYTES = 65_536

describe.each(ENGINES)('$name', (engine) => {
  const scene = beginIn(engine)

  describe.skipIf(engine.missing)(`a page that is left${titleOf(engine)}`, () => {
    it('at once after ten events: all ten arrive', async () => {
      const { stage, page } = scene
      stage.site.paths['/next'] = '<!doctype html><title>next</title>'
      await stage.visitWithTag(page)
      await page.evaluate(() => window.track('first'))
      await expectDelivered(stage.endpoint, {
        action: () =>
          page.evaluate(() => {
            for (let n = 0; n < 10; n++) void window.track(`leaving${n}`)
            location.href = '/next'
          }),
        expected: Array.from({ length: 10 }, (_, n) => ({ event: `leaving${n}`, person: 'ada' })),
      })
      await untilAt(page, '/next')
    })

    // Firefox and WebKit end a page's requests when a link is followed, before the page hears that it is left.
    it.each(['a URL', 'a function that makes a request'])('while the session, %s, is being asked: the event goes with the token at hand', async (session) => {
      const { stage, page } = scene
      const answer = { body: makeToken('ada') }
      stage.site.paths['/next'] = '<!doctype html><title>next</title>'
      stage.site.paths['/mine'] = () => answer
      await stage.visitWithModule(page, session === 'a URL' ? { session: '/mine' } : {})
      await page.evaluate(() => {
        window.session = (() => fetch('/mine').then((response) => response.text())) as never
        return window.tracker.track('first')
      })
      const { promise: after, resolve: release } = Promise.withResolvers<void>()
      stage.site.paths['/mine'] = () => ({ ...answer, after })
      await expectDelivered(stage.endpoint, {
        action: () =>
          page.evaluate(() => {
            void window.tracker.track('leaving')
            // What is raised by a click has asked before the link is followed.
            return Promise.resolve().then(() => void (location.href = '/next'))
          }),
        expected: [{ event: 'leaving', person: 'ada' }],
      })
      release()
      await untilAt(page, '/next')
    })

    it('not at all, since its link leads nowhere: the event goes by itself', async () => {
      const { stage, page } = scene
      stage.site.paths['/nowhere'] = () => ({ status: 204 })
      await stage.visitWithTag(page)
      await page.evaluate(() => window.track('first'))
      await expectDelivered(stage.endpoint, {
        action: () =>
          page.evaluate(() => {
            void window.track('staying')
            return Promise.resolve().then(() => void (location.href = '/nowhere'))
          }),
        expected: [{ event: 'staying', person: 'ada' }],
      })
    })

    it('before the session was ever answered: nothing is sent under anybody', async () => {
      const { stage, page } = scene
      stage.site.paths['/next'] = `<script>fetch('${stage.endpoint.url}', { method: 'POST', body: '{}' })</script>`
      const { promise: after, resolve: release } = Promise.withResolvers<void>()
      stage.site.paths['/mine'] = () => ({ after })
      await stage.visitWithTag(page, { 'data-session': '/mine' })
      await page.evaluate(() => void window.track('early'))
      await page.goto(`${stage.site.url}/next`)
      await expect.poll(() => stage.endpoint.requests.length).toBe(1)
      expect(stage.endpoint.messages()).toEqual([])
      release()
    })

    it('while it waits out a failure of the proxy: nothing is sent', async () => {
      const { stage, page } = scene
      // No attempt of its own comes within the test's time.
      scene.runFirst(() => (Math.random = () => 1e6))
      stage.site.paths['/next'] = `<script>fetch('${stage.endpoint.url}', { method: 'POST', body: '{}' })</script>`
      stage.endpoint.script = ({ body }) => (body?.batch ? { status: 503 } : undefined)
      await stage.visitWithModule(page)
      await page.evaluate(() => void window.tracker.track('failed'))
      await expect.poll(() => stage.endpoint.requests.length).toBe(1)
      await page.evaluate(async () => {
        // The answer has been read when the lock of the turn is free.
        for (const { name } of (await navigator.locks.query()).held ?? []) await navigator.locks.request(name!, () => {})
      })
      await page.goto(`${stage.site.url}/next`)
      await expect.poll(() => stage.endpoint.requests.length).toBe(2)
      expect(stage.endpoint.requests.map(({ body }) => body?.batch?.length)).toEqual([1, undefined])
    })

    it('closed at once after ten events: all ten arrive', async () => {
      const { stage, page } = scene
      await stage.visitWithTag(page)
      await page.evaluate(() => window.track('first'))
      await expectDelivered(stage.endpoint, {
        action: async () => {
          await page.evaluate(() => {
            for (let n = 0; n < 10; n++) void window.track(`closing${n}`)
          })
          await page.close()
        },
        expected: Array.from({ length: 10 }, (_, n) => ({ event: `closing${n}`, person: 'ada' })),
      })
    })

    it('while a slow session is being asked: the event goes with the token at hand', async () => {
      const { stage, page } = scene
      stage.site.paths['/next'] = '<!doctype html><title>next</title>'
      await stage.visitWithModule(page)
      await page.evaluate(() => window.tracker.track('first'))
      await page.evaluate(() => {
        window.session = () => new Promise(() => {}) as never
        void window.tracker.track('leaving')
      })
      await expectDelivered(stage.endpoint, {
        action: () => page.goto(`${stage.site.url}/next`),
        expected: [{ event: 'leaving', person: 'ada' }],
      })
    })

    it('has never more than 64 KiB of keepalive bodies in flight', async () => {
      const { stage, page } = scene
      scene.runFirst(watchKeepalive)
      let release = () => {}
      const held = new Promise<void>((resolve) => (release = resolve))
      stage.endpoint.script = () => ({ after: held })
      await stage.visitWithModule(page)
      const outcomes = page.evaluate(() =>
        Promise.all([30_000, 20_000, 20_000, 20_000, 10_000].map((length, n) => {
          const outcome = window.tracker.track(`large${n}`, { text: 'x'.repeat(length) })
          dispatchEvent(new Event('visibilitychange'))
          return outcome
        })),
      )
      await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
      release()
      expect(await outcomes).toEqual(Array(5).fill('accepted'))
      expect(await page.evaluate(() => window.most)).toBeLessThanOrEqual(MAX_BODY_BYTES)
      const sent = await page.evaluate(() => window.sent)
      // Firefox gives the budget back some time after the answer: a body that came too early for it goes again without keepalive.
      const isAgain = (at: number) => engine.name === 'Firefox' && sent[at - 1]?.bytes === sent[at]?.bytes
      expect(sent.filter(({ keepalive }, at) => !keepalive && !isAgain(at))).toEqual([])
      expect(await page.evaluate(() => window.failures)).toEqual([])
    })

    it('gets its keepalive budget back with each answer, no-store ones too', async () => {
      const { stage, page } = scene
      scene.runFirst(watchKeepalive)
      await stage.visitWithModule(page)
      for (let n = 0; n < 4; n++) {
        expect(await page.evaluate(() => window.tracker.track('large', { text: 'x'.repeat(60_000) }))).toBe('accepted')
      }
      expect(await page.evaluate(() => window.sent.map(({ keepalive }) => keepalive))).toEqual([true, true, true, true])
    })

    it('after a failure sends without keepalive until a request has succeeded', async () => {
      const { stage, page } = scene
      scene.runFirst(watchKeepalive)
      stage.endpoint.script = () => (stage.endpoint.requests.length ? undefined : { status: 500 })
      await stage.visitWithModule(page)
      await page.evaluate(() => window.tracker.track('a'))
      await page.evaluate(() => window.tracker.track('b'))
      expect(await page.evaluate(() => window.sent.map(({ keepalive }) => keepalive))).toEqual([true, false, true])
    })

    it('and the budget used up by others: the event goes without keepalive', async () => {
      const { stage, page } = scene
      stage.site.paths['/slow'] = '<!doctype html>'
      let release = () => {}
      const held = new Promise<void>((resolve) => (release = resolve))
      stage.endpoint.script = ({ body }) => (body?.batch ? undefined : { after: held, status: 200 })
      await stage.visitWithModule(page)
      await page.evaluate((url) => {
        void fetch(url, { method: 'POST', keepalive: true, body: JSON.stringify({ text: 'x'.repeat(60_000) }) })
      }, stage.endpoint.url)
      await expect.poll(() => stage.endpoint.requests.length).toBe(1)
      expect(await page.evaluate(() => window.tracker.track('mine', { text: 'x'.repeat(10_000) }))).toBe('accepted')
      release()
    })
  })
})

/** Notes what the page sends with keepalive, and the most bytes of it that were in flight together. */
function watchKeepalive(): void {
  const send = window.fetch
  let inFlight = 0
  Object.assign(window, { sent: [], most: 0 })
  window.fetch = async (input, init) => {
    if (init?.method !== 'POST') return send(input, init)
    const bytes = new Blob([init.body as string]).size
    window.sent.push({ keepalive: init.keepalive === true, bytes })
    inFlight += init.keepalive ? bytes : 0
    window.most = Math.max(window.most, inFlight)
    return send(input, init).finally(() => {
      inFlight -= init.keepalive ? bytes : 0
    })
  }
}

/** The link that was followed has led there: a browser that is closed on the way may not end. */
async function untilAt(page: Tab, path: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => location.pathname).catch(() => undefined), { timeout: 15_000 }).toBe(path)
}
