import type { TrackerOptions, TrackFailure, Tracker } from '@trackline/snippet'
import { buildSnippet } from './build-snippet.ts'
import { makeToken } from './make-token.ts'
import { openEndpoint } from './open-endpoint.ts'
import { openSite } from './open-site.ts'

export const STUB = 'window.track=window.track||function(){(track.q=track.q||[]).push(arguments)}'

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

/** A page of any browser, as far as visits go. */
interface Visitor {
  goto(url: string): Promise<unknown>
}

export type Servers = Awaited<ReturnType<typeof openServers>>

/** A site with the built snippet, and an endpoint. */
export async function openServers() {
  const { scriptTag, esm } = await buildSnippet()
  const [endpoint, site] = await Promise.all([openEndpoint(), openSite()])
  /** Who is signed in to the site. */
  const session = { person: 'ada' as string | undefined }
  site.paths['/s.js'] = scriptTag
  site.paths['/index.js'] = esm
  site.paths['/session-token'] = () =>
    session.person ? { body: JSON.stringify({ token: makeToken(session.person) }) } : { status: 204 }
  /** Run first in every page that is visited. */
  const firstScripts: string[] = []
  return { endpoint, site, session, firstScripts, visitWithTag, visitWithModule, closeServers }

  /** Opens a page that carries the script tag with these attributes; a page has loaded when its scripts have run. */
  async function visitWithTag(page: Visitor, attributes: Record<string, string> = {}, body = ''): Promise<void> {
    const all = { 'data-endpoint': endpoint.url, 'data-session': '/session-token', ...attributes }
    const written = Object.entries(all).map(([name, value]) => ` ${name}="${value}"`).join('')
    const scripts = `${first()}<script>${STUB}</script><script async src="/s.js"${written}></script>`
    site.paths['/tag'] = `<!doctype html><title>tag</title>${scripts}${body}`
    await page.goto(`${site.url}/tag`)
  }

  /** Opens a page that calls `createTracker` of the npm package; its session is `window.token`: of whoever is signed in now. */
  async function visitWithModule(page: Visitor, options: Partial<TrackerOptions> = {}, origin = site.url): Promise<void> {
    const token = session.person && makeToken(session.person)
    site.paths['/module'] = modulePage({ endpoint: endpoint.url, ...options }, token, first())
    await page.goto(`${origin}/module`)
  }

  function first(): string {
    return firstScripts.map((script) => `<script>${script}</script>`).join('')
  }

  async function closeServers(): Promise<void> {
    await Promise.all([endpoint.close(), site.close()])
  }
}

function modulePage(options: Partial<TrackerOptions>, token: string | undefined, first: string): string {
  return `<!doctype html><title>module</title>${first}<script type="module">
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
