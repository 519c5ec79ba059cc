import type { Browser, Engine } from '../engines/engine.ts'
import { buildSnippet } from '../stage/build-snippet.ts'
import { openSite } from '../stage/open-site.ts'
import { openProxy } from './open-proxy.ts'

export type FaultStage = Awaited<ReturnType<typeof openFaultStage>>

/** Full jitter waits a random part of 1 s, 2 s, 4 s …: the pages of this stage draw parts up to a thirtieth, so that outages take less time. */
const JITTER_SHARE = 30

/** As many schedules are played side by side: they wait more than they work. */
const LANES = 3

/** The real proxy, a site with the built snippet, and processes of one engine, each with a profile. */
export async function openFaultStage(engine: Engine) {
  const site = await openSite()
  const [proxy, { esm }] = await Promise.all([openProxy(site.url), buildSnippet()])
  const browsers: Browser[] = []
  for (let lane = 0; lane < LANES; lane++) browsers.push(await engine.launch())
  const profiles = await Promise.all(browsers.map((browser) => browser.newProfile()))
  site.paths['/index.js'] = esm
  site.paths['/elsewhere'] = '<!doctype html><title>elsewhere</title>'
  return { proxy, profiles, addPage, elsewhere: `${site.url}/elsewhere`, close }

  /** Adds a page of the site, and gives its address. */
  function addPage(name: string, options: PageOptions): string {
    site.paths[`/${name}`] = page(options)
    return `${site.url}/${name}`
  }

  async function close(): Promise<void> {
    await Promise.all([...browsers.map((browser) => browser.close()), proxy.close(), site.close()])
  }
}

export interface PageOptions {
  endpoint: string
  clockAheadMs: number
  persist: boolean
  /** Of whoever is signed in; absent: nobody is. */
  token?: string
  /** A token that is too old, given until the tracker asks for another where `isExpired`. */
  expired?: string
  isExpired: boolean
}

function page({ endpoint, clockAheadMs, persist, ...session }: PageOptions): string {
  return `<!doctype html><title>page</title><script type="module">
    import { createTracker } from '/index.js'
    const { random } = Math, { now } = Date
    Math.random = () => random() / ${JITTER_SHARE}
    if (${clockAheadMs}) Date.now = () => now() + ${clockAheadMs}
    Object.assign(window, { outcomes: [], raised: 0, failures: [] }, ${JSON.stringify(session)})
    window.tracker = createTracker({
      endpoint: '${endpoint}',
      persist: ${persist},
      session: (refresh) => (window.isExpired &&= !refresh) ? window.expired : window.token,
      onError: (failure) => window.failures.push(failure),
    })
  </script>`
}
