import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Locator, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustRunTrackline } from './stage/run-trackline.ts'
import { card, openTimeline, tokenOf, waitForCards } from './stage/read-timeline.ts'
import { openBrowser } from './stage/open-browser.ts'
import { post } from './stage/send-events.ts'
import type { Message } from './stage/send-events.ts'
import { screenshotFolder, startProduct } from './stage/start-product.ts'
import { signIn, signOut, startTransfer } from './stage/use-demo.ts'

const VIEWPORT = { width: 1280, height: 900 }
const PICTURES = fileURLToPath(new URL('../docs/pictures', import.meta.url))

describe('the first minute with the product', () => {
  let stage: Awaited<ReturnType<typeof startProduct>>
  let browser: Browser
  let demo: Page
  /** A window of their own: a browser slows down what lies in a hidden tab. */
  let salesperson: BrowserContext
  let adasTimeline: Page
  const screenshots = screenshotFolder('first-minute')

  beforeAll(async () => {
    [stage, browser] = await Promise.all([startProduct(), openBrowser()])
    demo = await browser.newPage({ viewport: VIEWPORT })
    salesperson = await browser.newContext({ viewport: VIEWPORT })
    adasTimeline = await openTimeline(salesperson, stage.emulatorUrl, 'ada@example.com')
    await demo.goto(stage.demoUrl)
  })

  afterAll(async () => {
    process.stdout.write(`screenshots of the first minute: ${screenshots}\n`)
    await browser.close()
    await stage.product.end('SIGKILL')
  })

  const shoot = (page: Page, name: string) => page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })

  it('a click on "Sign in" writes the login on the timeline page that is open elsewhere, without a reload', async () => {
    let navigations = 0
    adasTimeline.on('framenavigated', () => navigations++)
    await shoot(demo, '1-signed-out')
    const clickedAt = performance.now()
    await signIn(demo, 'ada')
    await waitForCards(adasTimeline, 1)
    const tookMs = Math.round(performance.now() - clickedAt)
    process.stdout.write(`from the click to the rendered event on the timeline: ${tookMs} ms\n`)

    expect(await card(adasTimeline, 'Logged in').locator('.event-header').innerText()).toBe('Logged in with password')
    expect(await adasTimeline.locator('[data-property="login_count"] dd').innerText()).toBe('1')
    expect(navigations).toBe(0)
    await shoot(adasTimeline, '2-first-login')
  })

  it('the demo page shows what track() returned, and links to the same timeline', async () => {
    const call = demo.locator('[data-log-event="login"]')
    await call.locator('.outcome.accepted').waitFor()
    expect(await call.locator('.outcome').innerText()).toBe('accepted')
    expect(await demo.locator('#timeline').getAttribute('href')).toBe(adasTimeline.url().replace(/\?.*/, ''))
    await shoot(demo, '3-signed-in')
  })

  it('after signing out and in again, the second login names the time of the first, and the contact has last_login', async () => {
    const firstLogin = await momentOf(card(adasTimeline, 'Logged in'))
    await signOut(demo)
    await signIn(demo, 'ada')
    await waitForCards(adasTimeline, 3)

    const secondLogin = card(adasTimeline, 'Logged in').first()
    await secondLogin.locator('summary').click()
    expect(await secondLogin.locator('.event-detail').innerText()).toMatch(/^Login number 2\. The one before was on \w/)
    expect(await tokenOf(secondLogin, 'lastLogin').locator('time').getAttribute('datetime')).toBe(firstLogin)
    expect(await adasTimeline.locator('[data-property="last_login"] time').getAttribute('datetime')).toBe(firstLogin)
    expect(await adasTimeline.locator('[data-property="login_count"] dd').innerText()).toBe('2')
    const loggedInAt = tokenOf(card(adasTimeline, 'Logged out'), 'loggedInAt')
    expect(await loggedInAt.locator('time').getAttribute('datetime')).toBe(firstLogin)
    await shoot(adasTimeline, '4-second-login')
  })

  it('a transfer that is started and completed shows its parts and the time it took', async () => {
    const reference = await startTransfer(demo)
    await demo.getByRole('button', { name: 'Complete' }).click()
    await waitForCards(adasTimeline, 5)

    const [started, completed] = [card(adasTimeline, 'Transfer started'), card(adasTimeline, 'Transfer completed')]
    expect(await started.locator('.event-header').innerText()).toBe('Started a transfer of 120 EUR to Mary Somerville')
    await started.locator('summary').click()
    expect(await started.locator('.event-detail').innerText()).toContain(`reference ${reference}`)
    const parts = await started.locator('.event-detail li').allInnerTexts()
    expect(parts).toEqual(['Sent: €120.00', 'Fee: €0.60', 'Total: €120.60'])

    const tookMs = Date.parse(await momentOf(completed)) - Date.parse(await momentOf(started))
    await completed.locator('summary').click()
    const detail = await completed.locator('.event-detail').innerText()
    expect(detail).toBe(`Reference ${reference}, completed ${tookMs} ms after it was started`)
  })

  it('a transfer that is cancelled shows the reason', async () => {
    const reference = await startTransfer(demo)
    await demo.getByLabel('Reason').selectOption('fee too high')
    await demo.getByRole('button', { name: 'Cancel' }).click()
    await waitForCards(adasTimeline, 7)

    const cancelled = card(adasTimeline, 'Transfer cancelled')
    const header = await cancelled.locator('.event-header').innerText()
    expect(header).toBe('Cancelled the transfer of 120 EUR to Mary Somerville: fee too high')
    await cancelled.locator('summary').click()
    expect(await cancelled.locator('.event-detail').innerText()).toContain(`Reference ${reference}, cancelled`)
    await shoot(demo, '5-transfers')
    await shoot(adasTimeline, '6-transfers')
  })

  it('another person\'s events land on their own timeline only', async () => {
    const gracesTimeline = await openTimeline(salesperson, stage.emulatorUrl, 'grace@example.com')
    await signOut(demo)
    await signIn(demo, 'grace')
    await waitForCards(gracesTimeline, 1)
    await waitForCards(adasTimeline, 8)

    expect(await gracesTimeline.locator('.event-header').allInnerTexts()).toEqual(['Logged in with password'])
    expect(await gracesTimeline.locator('[data-property="login_count"] dd').innerText()).toBe('1')
    const names = (await stage.hubspot.events('ada@example.com')).map(({ templateName }) => templateName)
    const transfers = ['Transfer cancelled', 'Transfer started', 'Transfer completed', 'Transfer started']
    expect(names).toEqual(['Logged out', ...transfers, 'Logged in', 'Logged out', 'Logged in'])
    expect((await stage.hubspot.contacts()).map(({ email }) => email)).toEqual(['ada@example.com', 'grace@example.com'])
  })

  it.runIf(process.env.TRACKLINE_SAVE_PICTURES === '1')('the picture of the README is a timeline as it is now', async () => {
    const window = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const config = fileURLToPath(import.meta.resolve('@trackline/example-plain-html/trackline.config.ts'))
    const alan = ['--site', 'main', '--sub', 'alan', '--email', 'alan@example.com']
    const token = await mustRunTrackline(['token', 'mint', '--config', config, ...alan], {})
    const headers = { authorization: `Bearer ${token.trim()}` }
    const { status } = await post(`${stage.proxyUrl}/v1/batch`, { batch: pictureEvents(Date.now()) }, headers)
    expect(status).toBe(202)

    const timeline = await openTimeline(window, stage.emulatorUrl, 'alan@example.com')
    await waitForCards(timeline, 5)
    await timeline.reload()
    await timeline.locator('#live[data-state="live"]').waitFor()
    await card(timeline, 'Transfer completed').locator('summary').click()
    mkdirSync(PICTURES, { recursive: true })
    await timeline.screenshot({ path: join(PICTURES, 'timeline.png') })
  })

  it('Ctrl+C ends it with exit code 0, pages still open', async () => {
    expect(await stage.product.end('SIGINT')).toBe(0)
  })
})

async function momentOf(event: Locator): Promise<string> {
  return (await event.locator('.event-time').getAttribute('datetime')) ?? ''
}

/** Two days of a customer, so that the picture shows different times. */
function pictureEvents(now: number): Message[] {
  const transfer = { transactionId: 'NW-7C21D0E4', amount: 120, currency: 'EUR', recipient: 'Mary Somerville' }
  const ago = (minutes: number) => now - minutes * 60_000
  return [
    { event: 'login', timestamp: ago(2_947), properties: { method: 'password' } },
    { event: 'logout', timestamp: ago(2_921) },
    { event: 'login', timestamp: ago(9), properties: { method: 'sso' } },
    { event: 'transaction_initiated', timestamp: ago(6), properties: transfer },
    { event: 'transaction_completed', timestamp: ago(3.7), properties: transfer },
  ]
}
