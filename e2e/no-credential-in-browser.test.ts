import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startDemo } from '@trackline/example-plain-html'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectRefusals } from './stage/collect-refusals.ts'
import { createConnectLink } from './stage/connect-account.ts'
import { findSecrets, spellingsOf } from './stage/find-secret.ts'
import { findFreePorts } from './stage/free-ports.ts'
import { lookIntoPage } from './stage/look-into-page.ts'
import { openBrowser } from './stage/open-browser.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { openTimeline, waitForCards } from './stage/read-timeline.ts'
import { recordTraffic } from './stage/record-traffic.ts'
import type { TrafficRecorder } from './stage/record-traffic.ts'
import { mustRunTrackline, runTrackline, STAGE_CONFIG } from './stage/run-trackline.ts'
import { signIn, signOut, startTransfer } from './stage/use-demo.ts'

const canary = (name: string) => `canary-${name}-${randomBytes(18).toString('base64url')}`
const canaries = {
  clientSecret: canary('client'),
  developerKey: canary('developer'),
  sealKey: randomBytes(32).toString('base64'),
  sessionSecret: randomBytes(32).toString('base64'),
}

let stage: Stage
let hubspotSide: TrafficRecorder
let browserSide: TrafficRecorder
let demo: Awaited<ReturnType<typeof startDemo>>
let browser: Browser
/** The canaries, and the OAuth tokens that HubSpot handed out. */
let secrets: Record<string, string>
const seenInPages: string[] = []

beforeAll(async () => {
  const demoUrl = `http://127.0.0.1:${await findFreePorts()}`
  stage = await openStage({
    isConnected: false,
    logLevel: 'debug',
    env: {
      HUBSPOT_CLIENT_SECRET: canaries.clientSecret,
      HUBSPOT_DEVELOPER_KEY: canaries.developerKey,
      TRACKLINE_KEYS: `k1:${canaries.sealKey}`,
      SESSION_SECRET: canaries.sessionSecret,
      TRACKLINE_DEMO_ORIGIN: demoUrl,
    },
    async hubspotAddress(emulatorUrl) {
      hubspotSide = await recordTraffic({ target: emulatorUrl, rewrite: withEmulatorsCredentials })
      return hubspotSide.url
    },
  })
  demo = await startDemo({
    port: Number(new URL(demoUrl).port),
    tracklineUrl: stage.proxyUrl,
    hubspotUrl: stage.hubspot.url,
    sessionSecret: canaries.sessionSecret,
  })
  browserSide = await recordTraffic()
  browser = await openBrowser([`--proxy-server=${browserSide.url}`, '--proxy-bypass-list=<-loopback>'])
  await driveEverything()
  secrets = { ...canaries, ...learnTokens(hubspotSide) }
})

afterAll(async () => {
  await browser.close()
  await Promise.all([demo.close(), browserSide.close(), stage.close()])
  await hubspotSide.close()
})

describe('the search', () => {
  it('knows the tokens, and finds every secret where it has to be: in what the proxy sends to HubSpot', () => {
    const sentToHubSpot = ['accessToken', 'clientSecret', 'developerKey', 'refreshToken']
    expect(Object.keys(secrets).toSorted()).toEqual([...sentToHubSpot, 'sealKey', 'sessionSecret'])
    const sent = hubspotSide.exchanges().map(({ request, response }) => request + response).join('\n')
    expect(findSecrets(sent, secrets).toSorted()).toEqual(sentToHubSpot)
  })

  it.each(['', 'x', 'xy', 'xyz'])('finds a secret in the base64 of "%s" and the secret and more', (before) => {
    const hidden = Buffer.from(`${before}${canaries.clientSecret} and more`)
    expect(findSecrets(`eyJ.${hidden.toString('base64url')}.sig`, canaries)).toEqual(['clientSecret'])
    expect(findSecrets(encodeURIComponent(hidden.toString('base64')), canaries)).toEqual(['clientSecret'])
    expect(findSecrets(hidden.toString('hex').toUpperCase(), canaries)).toEqual(['clientSecret'])
    expect(spellingsOf(canaries.clientSecret).every((spelling) => spelling.length >= 36)).toBe(true)
  })

  it('saw the browser do all it does: load the script, send events with a session token, follow a timeline, connect', () => {
    const seen = browserSide.exchanges().map(({ url, request, response }) => ({ path: new URL(url).pathname, request, response }))
    const paths = seen.map(({ path }) => path)
    const onTheWay = ['/', '/app.js', '/s.js', '/session-token', '/v1/b', '/oauth/install', '/oauth/callback', '/oauth/connected']
    expect(paths).toEqual(expect.arrayContaining(onTheWay))
    const sent = seen.filter(({ path, request }) => path === '/v1/b' && /authorization: Bearer eyJ/i.test(request))
    expect(sent.length).toBeGreaterThanOrEqual(6)
    const stream = seen.find(({ path }) => path.endsWith('/stream'))
    expect(stream?.response).toContain('event: card')
    expect(stream?.response).toContain('Completed the transfer of 120 EUR')
  })
})

describe('no credential of the proxy', () => {
  it('crosses the browser\'s network connection, in either direction, in any request or answer', () => {
    const leaks = browserSide.exchanges().flatMap(({ url, request, response }) => {
      return findSecrets(`${url}\n${request}\n${response}`, secrets).map((name) => `${name} in ${url}`)
    })
    expect(leaks).toEqual([])
  })

  it('is in a page, its cookies, its storage, its databases or its console', () => {
    expect(seenInPages.length).toBeGreaterThan(10)
    expect(seenInPages.join('\n')).toContain('northwind_session')
    expect(findSecrets(seenInPages.join('\n'), secrets)).toEqual([])
  })

  it('is in the bytes of the SQLite file or its journal', () => {
    const folder = dirname(stage.storeFile)
    const files = readdirSync(folder)
    expect(files).toEqual(expect.arrayContaining(['trackline.db', 'trackline.db-wal']))
    const bytes = files.map((file) => readFileSync(join(folder, file), 'latin1')).join('\n')
    expect(bytes).toContain('Mary Somerville')
    expect(findSecrets(bytes, secrets)).toEqual([])
  })

  it('is in a refusal', async () => {
    const refusals = await collectRefusals(stage)
    expect(refusals.length).toBe(12)
    for (const { status } of refusals) expect(status).toBeGreaterThanOrEqual(400)
    expect(findSecrets(refusals.map(({ text }) => text).join('\n'), secrets)).toEqual([])
  })

  it('is in what a command says of a configuration that cannot be used', async () => {
    const shortKey = { ...stage.env, TRACKLINE_KEYS: `k1:${canaries.sealKey.slice(4)}` }
    const spoiled = { ...shortKey, HUBSPOT_APP_ID: '0', TRACKLINE_PUBLIC_URL: 'nowhere' }
    const { code, stdout, stderr } = await runTrackline(['serve', '--config', STAGE_CONFIG], spoiled)
    expect(code).toBe(1)
    expect(stderr).toContain('hubspot.appId')
    const badKey = await runTrackline(['audit', '--config', STAGE_CONFIG], shortKey)
    expect(badKey).toMatchObject({ code: 1, stderr: expect.stringContaining("the key 'k1' must be the base64 of 32 bytes") })
    const said = [stdout, stderr, badKey.stdout, badKey.stderr].join('\n')
    expect(findSecrets(said, { ...secrets, spoiledKey: canaries.sealKey.slice(4) })).toEqual([])
  })

  it('is in the log, at its most talkative; nor is a session token or an email', async () => {
    const bearer = /authorization: Bearer (\S+)/i
    const sessionTokens = browserSide.exchanges().flatMap(({ request }) => bearer.exec(request)?.[1] ?? [])
    const personal = Object.fromEntries([...new Set(sessionTokens)].map((token, index) => [`sessionToken${index}`, token]))
    expect(Object.keys(personal).length).toBeGreaterThan(0)
    await provokeFailures()
    expect(await stage.proxy.end('SIGTERM')).toBe(0)
    const log = stage.proxy.output()
    expect(log).toContain('delivery.attempted')
    expect(log).toContain('HUBSPOT_UNAVAILABLE')
    expect(log).toContain('request.refused')
    const emails = { adasEmail: 'ada@example.com', gracesEmail: 'grace@example.com', alansEmail: 'alan@example.com' }
    expect(findSecrets(log, { ...secrets, ...personal, ...emails })).toEqual([])
  })
})

/** The emulator knows one app with fixed credentials; ours has the canaries. */
function withEmulatorsCredentials(text: string): string {
  return text.replaceAll(canaries.clientSecret, 'trackline-dev-secret').replaceAll(canaries.developerKey, 'trackline-dev-key')
}

async function driveEverything(): Promise<void> {
  const visitor = await browser.newContext()
  visitor.on('console', (message) => seenInPages.push(message.text()))
  visitor.on('weberror', (error) => seenInPages.push(String(error.error())))
  const admin = await visitor.newPage()
  await admin.goto(await createConnectLink(stage.env))
  await admin.getByRole('heading', { name: 'Connected' }).waitFor()
  await mustRunTrackline(['events', 'push', '--config', STAGE_CONFIG, '--yes'], stage.env)

  const salesperson = await browser.newContext()
  const timeline = await openTimeline(salesperson, stage.hubspot.url, 'ada@example.com')
  const page = await visitor.newPage()
  await page.goto(demo.url)
  await signIn(page, 'ada')
  await startTransfer(page)
  await page.getByRole('button', { name: 'Complete' }).click()
  await startTransfer(page)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await waitForCards(timeline, 5)
  for (const each of [admin, page, timeline]) seenInPages.push(...(await lookIntoPage(each)))
  await signOut(page)
  await signIn(page, 'grace')
  seenInPages.push(...(await lookIntoPage(page)))
}

/** The tokens that HubSpot gave for the code. */
function learnTokens(recorder: TrafficRecorder): Record<string, string> {
  const answer = recorder.exchanges().find(({ url }) => url.endsWith('/token'))?.response ?? ''
  const { access_token: accessToken = '', refresh_token: refreshToken = '' } = JSON.parse(answer.slice(answer.indexOf('\n\n')))
  return { accessToken, refreshToken }
}

/** Failures are where logs say most. */
async function provokeFailures(): Promise<void> {
  await stage.hubspot.fail({ status: 500, next: 2 })
  const page = await browser.newPage()
  await page.goto(demo.url)
  await signIn(page, 'alan')
  await collectRefusals(stage)
  const { events } = stage.hubspot
  await expect.poll(async () => (await events('alan@example.com')).length, { timeout: 20_000 }).toBe(1)
  await page.close()
}
