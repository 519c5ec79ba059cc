import { chromium } from 'playwright'
import { expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import { BROWSER_ARGUMENTS, CHROMIUM } from './stage/open-stage.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

const scene = begin()

it('a page restored from the back/forward cache sends what waited, without a further event', async () => {
  const { stage } = scene
  // Playwright turns this cache off.
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: BROWSER_ARGUMENTS, ignoreDefaultArgs })
  const page = await browser.newPage()
  stage.site.paths['/next'] = '<!doctype html><title>next</title>'
  stage.site.cacheControl = 'private'
  stage.endpoint.script = () => ({ status: 503 })
  await stage.visitWithModule(page)
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => void fetch(`/restored-${persisted}`))
    // No attempt of its own comes within the test's time.
    Math.random = () => 1e6
    void window.tracker.track('waiting')
  })
  await expect.poll(() => stage.endpoint.requests.length).toBe(1)
  await page.goto(`${stage.site.url}/next`)
  stage.endpoint.script = undefined
  await expectDelivered(stage.endpoint, {
    // Playwright itself loses sight of a page that is restored.
    action: () => page.evaluate(() => setTimeout(() => history.back())),
    expected: [{ event: 'waiting', person: 'ada' }],
  })
  expect(stage.site.requests).toContain('/restored-true')
  await browser.close()
})
