import { chromium } from 'playwright'
import type { Browser, BrowserContext, Page } from 'playwright'
import type { TrackerOptions, TrackFailure, Tracker } from '@trackline/snippet'
import { buildSnippet } from './build-snippet.ts'
import { makeToken } from './make-token.ts'
import { openEndpoint } from './open-endpoint.ts'
import { openSite } from './open-site.ts'

export const STUB = 'window.track=window.track||function(){(track.q=track.q||[]).push(arguments)}'
export const CHROMIUM = process.env.TRACKLINE_CHROMIUM ?? '/usr/bin/chromium'
export const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
  // A site that is not a secure context, for what browsers keep from plain HTTP.
  '--host-resolver-rules=MAP insecure.test 127.0.0.1',
]

/** What the pages of the stage keep in `window`. */
export interface StagePage {
  tracker: Tracker
  track: Tracker['track'] & Tracker
  failures: TrackFailure[]
  token: string | undefined
  /** A test may put its own in its place. */
  session: (refresh: boolean) => string | undefined
  /** What a test's own session was asked. */
  asked: boolean[]
}

export type Stage = Awaited<ReturnType<typeof openStage>>

/** A browser, a site with the built snippet, and an endpoint. */
export async function openStage() {
  const { scriptTag, esm } = await buildSnippet()
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: BROWSER_ARGUMENTS })
  const [endpoint, site] = await Promise.all([openEndpoint(), openSite()])
  /** Who is signed in to the site. */
  const session = { person: 'ada' as string | undefined }
  site.paths['/s.js'] = scriptTag
  site.paths['/index.js'] = esm
  site.paths['/session-token'] = () =>
    session.person ? { body: JSON.stringify({ token: makeToken(session.person) }) } : { status: 204 }
  return { browser, endpoint, site, session, newContext, visitWithTag, visitWithModule, close }

  function newContext(): Promise<BrowserContext> {
    return browser.newContext()
  }

  /** Opens a page that carries the script tag with these attributes; a page has loaded when its scripts have run. */
  async function visitWithTag(page: Page, attributes: Record<string, string> = {}, body = ''): Promise<void> {
    const all = { 'data-endpoint': endpoint.url, 'data-session': '/session-token', ...attributes }
    const written = Object.entries(all).map(([name, value]) => ` ${name}="${value}"`).join('')
    const scripts = `<script>${STUB}</script><script async src="/s.js"${written}></script>`
    site.paths['/tag'] = `<!doctype html><title>tag</title>${scripts}${body}`
    await page.goto(`${site.url}/tag`)
  }

  /** Opens a page that calls `createTracker` of the npm package; its session is `window.token`: of whoever is signed in now. */
  async function visitWithModule(page: Page, options: Partial<TrackerOptions> = {}, origin = site.url): Promise<void> {
    const token = session.person && makeToken(session.person)
    site.paths['/module'] = modulePage({ endpoint: endpoint.url, ...options }, token)
    await page.goto(`${origin}/module`)
  }

  async function close(): Promise<void> {
    await Promise.all([browser.close(), endpoint.close(), site.close()])
  }
}

function modulePage(options: Partial<TrackerOptions>, token: string | undefined): string {
  return `<!doctype html><title>module</title><script type="module">
    import { createTracker } from '/index.js'
    window.token = ${JSON.stringify(token)}
    window.failures = []
    window.session = () => window.token
    window.tracker = createTracker({
      session: (refresh) => window.session(refresh),
      onError: (failure) => window.failures.push(failure),
      ...${JSON.stringify(options)},
    })
  </script>`
}
