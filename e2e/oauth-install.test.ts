import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createConnectLink } from './stage/connect-account.ts'
import { openBrowser } from './stage/open-browser.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { mustRunTrackline, runTrackline, STAGE_CONFIG } from './stage/run-trackline.ts'
import { askStatus, sendEvents } from './stage/send-events.ts'
import { screenshotFolder } from './stage/start-product.ts'
import { waitUntil } from './stage/wait-until.ts'

const ADA = { id: 'ada', email: 'ada@example.com' }

describe('an administrator connects the HubSpot account in a browser', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  let callback: string
  const screenshots = screenshotFolder('oauth-install')
  const shoot = (name: string) => page.screenshot({ path: join(screenshots, `${name}.png`) })
  const heading = () => page.getByRole('heading', { level: 1 }).innerText()

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage({ isConnected: false, emulator: { autoConsent: false } }), openBrowser()])
    page = await browser.newPage({ viewport: { width: 900, height: 700 } })
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/oauth/callback') callback = request.url()
    })
  })
  afterAll(async () => {
    process.stdout.write(`screenshots of the installation: ${screenshots}\n`)
    await browser.close()
    await stage.close()
  })

  it('until then events are accepted, and wait', async () => {
    const reply = await sendEvents(stage, ADA, [{ event: 'logout', messageId: 'before-the-connection' }])
    expect(reply).toMatchObject({ status: 202, body: { results: [{ status: 'queued' }] } })
    expect(await askStatus(stage, ADA, 'before-the-connection')).toMatchObject({ state: 'due', attempts: 0 })
  })

  it('"Cancel" on HubSpot\'s consent page leads to a page that says so and what to do, and connects nothing', async () => {
    await page.goto(await createConnectLink(stage.env))
    expect(new URL(page.url()).origin).toBe(stage.hubspot.url)
    await page.getByRole('link', { name: 'Cancel' }).click()
    expect(await heading()).toBe('HubSpot did not grant the connection')
    const says = await page.locator('main').innerText()
    expect(says).toMatch(/HubSpot answered 'access_denied'[^]*run "trackline connect" again[^]*INSTALL_REFUSED/)
    await shoot('1-cancelled')
    expect(await page.goBack().then(() => heading())).toBe('Connect Trackline to your account')
  })

  it('the state of the cancelled attempt is used up: allowing it afterwards connects nothing', async () => {
    await page.getByRole('button', { name: 'Connect app' }).click()
    expect(await heading()).toBe('This installation cannot go on')
    expect(await page.locator('main').innerText()).toContain('INSTALL_INVALID')
    expect(await askStatus(stage, ADA, 'before-the-connection')).toMatchObject({ state: 'due' })
  })

  it('the one-time link leads to the consent page for this account and these scopes; "Connect app" connects it', async () => {
    const link = await createConnectLink(stage.env)
    await page.goto(link)
    const consent = await page.locator('main').innerText()
    expect(consent).toContain('62515')
    expect(consent).toContain('Add events to the timelines of your records')
    expect(new URL(page.url()).searchParams.get('code_challenge_method')).toBe('S256')
    await shoot('2-consent')
    await page.getByRole('button', { name: 'Connect app' }).click()

    expect(await heading()).toBe('Connected')
    expect(page.url()).toBe(`${stage.proxyUrl}/oauth/connected`)
    await shoot('3-connected')

    await page.goto(link)
    expect(await heading()).toBe('This installation cannot go on')
    expect(await page.locator('main').innerText()).toContain('The link is unknown, was used before, or is older than 10 minutes.')
    await shoot('4-link-used-up')
  })

  it('the address with the code is worth nothing a second time, and stays in no history', async () => {
    expect(callback).toContain('code=')
    expect(await page.goto(callback).then((response) => response?.status())).toBe(400)
    expect(await heading()).toBe('This installation cannot go on')
    const fresh = await browser.newPage()
    await fresh.goto(await createConnectLink(stage.env))
    await fresh.getByRole('button', { name: 'Connect app' }).click()
    await fresh.getByRole('heading', { name: 'Connected' }).waitFor()
    await fresh.goBack()
    expect(new URL(fresh.url()).pathname).not.toBe('/oauth/callback')
    await fresh.close()
  })

  it.each(['', '?site=main', '?site=main&link=guessed'])('a stranger\'s /oauth/install%s starts nothing', async (query) => {
    const response = await page.goto(`${stage.proxyUrl}/oauth/install${query}`)
    expect(response?.status()).toBe(400)
    expect(new URL(page.url()).origin).toBe(stage.proxyUrl)
    expect(await heading()).toBe('This installation cannot go on')
  })

  it('a site that is not configured gets no link', async () => {
    const { code, stderr } = await runTrackline(['connect', '--config', STAGE_CONFIG, '--site', 'mian', '--json'], stage.env)
    expect(code).not.toBe(0)
    expect(stderr).toContain("no site 'mian' is configured: there are main")
  })

  it('what waited for the connection arrives, once the event types are there', async () => {
    await mustRunTrackline(['events', 'push', '--config', STAGE_CONFIG, '--yes'], stage.env)
    await waitUntil('the event is delivered', async () => {
      return (await askStatus(stage, ADA, 'before-the-connection'))?.state === 'delivered'
    })
    expect(await stage.hubspot.events(ADA.email)).toMatchObject([{ header: 'Logged out', writes: 1 }])
  })
})
