import { chromium } from 'playwright'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { begin } from '../stage/begin.ts'
import { BROWSER_ARGUMENTS, CHROMIUM } from '../stage/open-stage.ts'
import type { StagePage } from '../stage/open-stage.ts'
import { serveDoors, visitWithDoors } from '../stage/visit-with-doors.ts'

declare const window: StagePage & { stop: () => void }

const scene = begin()
beforeAll(() => serveDoors(scene.stage))

const WRAP = 'window.tracker = core; window.stop = pageViews(core)'
const url = (path: string) => scene.stage.site.url + path
const views = () => scene.stage.endpoint.messages().map(({ event, properties }) => ({ event, ...properties }))
const seen = (count: number) => expect.poll(() => views().length, { timeout: 15_000, interval: 10 }).toBe(count)
const viewOf = (path: string, referrer?: string, title = 'doors') => {
  return { event: 'page_view', url: url(path), title, ...(referrer !== undefined && { referrer: url(referrer) }) }
}
/** Raises one more event and waits until it was taken: what was raised before it has been sent by then. */
const settle = (page: Page) => page.evaluate(async () => {
  await new Promise((resolve) => setTimeout(resolve))
  return window.tracker.track('settled')
})

describe('a page view', () => {
  it('is the first page, with the referrer and without query strings', async () => {
    const { stage, page } = scene
    await visitWithDoors(stage, page, { wrap: WRAP, head: '<title>doors</title><meta name="referrer" content="unsafe-url">' })
    await seen(1)
    stage.endpoint.clear()
    stage.site.paths['/from'] = '<!doctype html><a href="/doors?token=secret#secret">go</a>'
    await page.goto(url('/from?mail=secret'))
    await page.click('a')
    await seen(1)
    expect(views()).toEqual([viewOf('/doors', '/from')])
  })

  it('is what pushState and replaceState show, once for each address, with the title that follows', async () => {
    const { stage, page } = scene
    await visitWithDoors(stage, page, { wrap: WRAP })
    await seen(1)
    const returned = await page.evaluate(() => {
      const result = history.pushState({ at: 1 }, '', '/orders?token=1')
      document.title = 'Orders'
      return [result, history.state]
    })
    expect(returned).toEqual([undefined, { at: 1 }])
    await seen(2)
    await page.evaluate(() => {
      history.replaceState(null, '', '/orders?page=2')
      history.pushState(null, '', '/orders?page=3')
      history.replaceState(null, '', '/orders/7')
    })
    await seen(3)
    await settle(page)
    expect(views().slice(0, 3)).toEqual([viewOf('/doors'), viewOf('/orders', '/doors', 'Orders'), viewOf('/orders/7', '/orders', 'Orders')])
    expect(views()).toHaveLength(4)
  })

  it('leaves an error of pushState to the page', async () => {
    await visitWithDoors(scene.stage, scene.page, { wrap: WRAP })
    await seen(1)
    await expect(scene.page.evaluate(() => history.pushState(null, '', 'https://other.example/'))).rejects.toThrow('SecurityError')
    await settle(scene.page)
    expect(views()).toHaveLength(2)
  })

  it('is a step back and a step forward', async () => {
    await visitWithDoors(scene.stage, scene.page, { wrap: WRAP })
    await scene.page.evaluate(() => history.pushState(null, '', '/next'))
    await seen(2)
    await scene.page.evaluate(() => history.back())
    await seen(3)
    await scene.page.evaluate(() => history.forward())
    await seen(4)
    expect(views().map((view) => (view as { url?: string }).url)).toEqual(['/doors', '/next', '/doors', '/next'].map(url))
  })

  it('is a hash route, not another fragment', async () => {
    await visitWithDoors(scene.stage, scene.page, { wrap: WRAP, path: '/doors#/users' })
    await seen(1)
    await scene.page.evaluate(() => (location.hash = '#/users/7?token=1'))
    await seen(2)
    await scene.page.evaluate(() => (location.hash = '#/users/7?tab=2'))
    await scene.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    await scene.page.evaluate(() => (location.hash = '#section'))
    await seen(3)
    await settle(scene.page)
    expect(views().slice(0, 3)).toEqual([viewOf('/doors#/users'), viewOf('/doors#/users/7', '/doors#/users'), viewOf('/doors', '/doors#/users/7')])
    expect(views()).toHaveLength(4)
  })

  it('is none after it was ended, even if the page was just seen', async () => {
    await visitWithDoors(scene.stage, scene.page, { wrap: `${WRAP}; stop()` })
    await scene.page.evaluate(() => history.pushState(null, '', '/next'))
    await settle(scene.page)
    expect(views()).toEqual([{ event: 'settled' }])
  })

  it('bears the name that it is given', async () => {
    await visitWithDoors(scene.stage, scene.page, { wrap: "pageViews(core, 'screen_seen')" })
    await seen(1)
    expect(views()).toMatchObject([{ event: 'screen_seen', url: url('/doors') }])
  })

  it('of a page made ready in advance comes when it is shown', async () => {
    await scene.page.addInitScript(() => Object.defineProperty(document, 'prerendering', { value: true }))
    await visitWithDoors(scene.stage, scene.page, { wrap: WRAP })
    await settle(scene.page)
    expect(views()).toEqual([{ event: 'settled' }])
    await scene.page.evaluate(() => document.dispatchEvent(new Event('prerenderingchange')))
    await seen(2)
    expect(views()[1]).toEqual(viewOf('/doors'))
  })
})

describe('the visitor’s choice', () => {
  it('of Global Privacy Control holds for page views', async () => {
    const { stage, page } = scene
    await page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }))
    await visitWithDoors(stage, page, { wrap: WRAP })
    await page.evaluate(() => history.pushState(null, '', '/next'))
    expect(await settle(page)).toBe('dropped')
    await expect.poll(() => page.evaluate(() => window.failures.map(({ code }) => code))).toEqual(['deny', 'deny', 'deny'])
    expect(stage.endpoint.requests).toEqual([])
  })

  it('is waited for while consent is pending', async () => {
    const { stage, page } = scene
    await visitWithDoors(stage, page, { wrap: WRAP, options: { consent: 'pending' } })
    await page.evaluate(() => history.pushState(null, '', '/next'))
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    await page.evaluate(() => window.tracker.flush())
    expect(stage.endpoint.requests).toEqual([])
    await page.evaluate(() => window.tracker.consent('grant'))
    await seen(2)
    expect(views()).toEqual([viewOf('/doors'), viewOf('/next', '/doors')])
  })
})

it('a page restored from the back/forward cache is seen again', async () => {
  const { stage } = scene
  // Playwright turns this cache off.
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: BROWSER_ARGUMENTS, ignoreDefaultArgs: ['--disable-back-forward-cache'] })
  const page = await browser.newPage()
  stage.site.paths['/away'] = '<!doctype html><title>away</title>'
  stage.site.cacheControl = 'private'
  await visitWithDoors(stage, page, { wrap: `${WRAP}; addEventListener('pageshow', ({ persisted }) => void fetch('/restored-' + persisted))` })
  await seen(1)
  await page.goto(url('/away'))
  // Playwright itself loses sight of a page that is restored.
  await page.evaluate(() => setTimeout(() => history.back()))
  await seen(2)
  expect(views()).toEqual([viewOf('/doors'), viewOf('/doors')])
  expect(stage.site.requests).toContain('/restored-true')
  stage.site.cacheControl = 'no-store'
  await browser.close()
})
