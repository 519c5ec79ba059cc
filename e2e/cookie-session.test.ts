import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realWorld, resolveConfig, sharedSecret, startServer } from '@trackline/proxy'
import type { RunningServer } from '@trackline/proxy'
import { mintSession } from '@trackline/session'
import { defineEvents, oneOf } from '@trackline/shared'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePorts } from './stage/free-ports.ts'
import { openBrowser } from './stage/open-browser.ts'
import { serveSite } from './stage/serve-site.ts'

const COOKIE = 'sid'
const secret = randomBytes(32).toString('base64')
const folder = mkdtempSync(join(tmpdir(), 'trackline-e2e-'))
const [siteUrl, otherUrl] = await Promise.all([findFreePorts(), findFreePorts()]).then((ports) => ports.map((port) => `http://127.0.0.1:${port}`) as [string, string])

let proxy: RunningServer
let browser: Browser
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  const config = resolveConfig(
    {
      publicUrl: 'http://127.0.0.1:4400',
      port: 0,
      store: `sqlite:${join(folder, 'outbox.db')}`,
      keys: `k1:${randomBytes(32).toString('base64')}`,
      hubspot: { clientId: 'c', clientSecret: 's', developerKey: 'd', appId: 1, baseUrl: 'http://127.0.0.1:9', appUrl: 'http://127.0.0.1:9' },
      sites: { main: { origins: [siteUrl], session: sharedSecret({ secret, issuer: 'shop', audience: 'trackline', cookie: COOKIE }), portal: 1 } },
      events: defineEvents({ login: { properties: { method: oneOf(['sso']) } } }),
    },
    join(folder, 'trackline.config.ts'),
  )
  proxy = await startServer(config, realWorld({ logLevel: 'silent' }))
  const html = `<!doctype html><title>Shop</title><script src="${proxy.url}/s.js" data-credentials="include"></script>`
  for (const url of [siteUrl, otherUrl]) closing.push(await serveSite(url, { '/': ['text/html', () => html] }))
  browser = await openBrowser()
})

afterAll(async () => {
  await browser.close()
  for (const close of closing) await close()
  await proxy.stop()
  rmSync(folder, { recursive: true })
})

/** A page of this site in a browser that has the session's cookie, which no script can read. */
async function openPage(url: string, isSignedIn = true): Promise<Page> {
  const context = await browser.newContext()
  const value = await mintSession({ secret, issuer: 'shop', audience: 'trackline', sub: 'ada', email: 'ada@example.com' })
  if (isSignedIn) await context.addCookies([{ name: COOKIE, value, url: siteUrl, httpOnly: true, sameSite: 'Lax' }])
  const page = await context.newPage()
  await page.goto(url)
  return page
}

const track = (page: Page): Promise<unknown> => page.evaluate("track('login', { method: 'sso' })")
const received = async () => (await proxy.parts.store.audit()).received

describe('a session in an HttpOnly cookie, in a real browser', () => {
  it('tracks from a page of the site, with data-credentials="include" and nothing else', async () => {
    const page = await openPage(siteUrl)
    expect(await page.evaluate(() => document.cookie)).toBe('')
    expect(await track(page)).toBe('accepted')
    expect(await received()).toBe(1)
  })

  it("is worth nothing to another page, though the browser attaches it to that page's requests too", async () => {
    const before = await received()
    const page = await openPage(otherUrl)
    const requests: (string | undefined)[] = []
    page.on('response', async (response) => void requests.push(`${response.request().method()} ${response.status()}`))
    const outcomes = await page.evaluate(async (address) => {
      const body = JSON.stringify({ event: 'login', properties: { method: 'sso' } })
      const attempts: RequestInit[] = [
        { mode: 'no-cors', headers: { 'content-type': 'text/plain' } },
        { headers: { 'content-type': 'application/json', 'x-trackline': '1' } },
      ]
      return Promise.all(attempts.map((init) => fetch(`${address}/v1/track`, { method: 'POST', credentials: 'include', body, ...init }).then((answer) => answer.type, () => 'refused')))
    }, proxy.url)
    // The first reply cannot be read by that page; what it did is seen at the store.
    expect(outcomes).toEqual(['opaque', 'refused'])
    expect(requests).toContain('POST 403')
    expect(await received()).toBe(before)
  })

  it('that is not there is no session: nothing is stored', async () => {
    const before = await received()
    const page = await openPage(siteUrl, false)
    const status = await page.evaluate((address) => fetch(`${address}/v1/track`, {
      method: 'POST', credentials: 'include', body: '{"event":"login"}', headers: { 'content-type': 'application/json', 'x-trackline': '1' },
    }).then((answer) => answer.status), proxy.url)
    expect(status).toBe(401)
    expect(await received()).toBe(before)
  })
})
