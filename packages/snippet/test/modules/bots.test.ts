import { chromium } from 'playwright'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { begin } from '../stage/begin.ts'
import { BROWSER_ARGUMENTS, CHROMIUM } from '../stage/open-stage.ts'
import type { StagePage } from '../stage/open-stage.ts'
import { serveDoors, visitWithDoors } from '../stage/visit-with-doors.ts'

declare const window: StagePage

const scene = begin()
/** Does not say that it is steered, as a person's does not. */
let persons: Browser
beforeAll(async () => {
  await serveDoors(scene.stage)
  persons = await chromium.launch({ executablePath: CHROMIUM, args: [...BROWSER_ARGUMENTS, '--disable-blink-features=AutomationControlled'] })
})
afterAll(() => persons?.close())

const PERSON = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
const agents: [who: string, agent: string, outcome: string][] = [
  ['a person', PERSON, 'accepted'],
  ['a person with a CUBOT phone', PERSON.replace('X11; Linux x86_64', 'Linux; Android 13; CUBOT NOTE 20'), 'accepted'],
  ['Googlebot', `${PERSON} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`, 'dropped'],
  ['Bing', `${PERSON} (compatible; bingbot/2.0)`, 'dropped'],
  ['a headless browser', PERSON.replace('Chrome/', 'HeadlessChrome/'), 'dropped'],
  ['Lighthouse', `${PERSON} Chrome-Lighthouse`, 'dropped'],
]

it.each(agents)('an event of %s is as it should be', async (_, userAgent, outcome) => {
  const page = await persons.newPage({ userAgent })
  await visitWithDoors(scene.stage, page, { wrap: 'window.tracker = withoutBots(core)' })
  expect(await page.evaluate(() => navigator.webdriver)).toBe(false)
  expect(await page.evaluate(() => window.tracker.track('login'))).toBe(outcome)
  expect(scene.stage.endpoint.messages()).toHaveLength(outcome === 'accepted' ? 1 : 0)
  await page.close()
})

it('an event of a browser that a program steers is dropped, and onError hears it', async () => {
  const { stage } = scene
  const page = await (await stage.browser.newContext({ userAgent: PERSON })).newPage()
  await visitWithDoors(stage, page, { wrap: 'window.tracker = withoutBots(core)' })
  expect(await page.evaluate(() => navigator.webdriver)).toBe(true)
  expect(await page.evaluate(() => window.tracker.track('login'))).toBe('dropped')
  expect(await page.evaluate(() => window.failures)).toMatchObject([{ event: 'login', code: 'bot' }])
  await page.context().close()
})
