import type { Page } from 'playwright'
import { buildDoor } from './build-snippet.ts'
import { makeToken } from './make-token.ts'
import type { Stage } from './open-stage.ts'

export const DOORS = ['before', 'bots', 'context', 'page-views', 'session-id'] as const

/** Serves the package's optional modules, as they are built, beside its core. */
export async function serveDoors({ site }: Stage): Promise<void> {
  for (const name of DOORS) site.paths[`/${name}.js`] = await buildDoor(name)
}

export interface DoorsVisit {
  /** JavaScript that makes `window.tracker` of `core`; every module's exports are in scope. */
  wrap: string
  options?: object
  path?: string
  head?: string
  init?: Parameters<Page['goto']>[1]
}

/** Opens a page of the site whose tracker has modules around it; a call of `track` also tells which tracker it was. */
export async function visitWithDoors({ site, endpoint, session }: Stage, page: Page, visit: DoorsVisit): Promise<void> {
  const { wrap, options = {}, path = '/doors', head = '<title>doors</title>', init } = visit
  const given = { endpoint: endpoint.url, ...options }
  site.paths[path.replace(/[?#].*/, '')] = `<!doctype html>${head}<script type="module">
    import { createTracker } from '/index.js'
    import { before, withExtraData } from '/before.js'
    import { withoutBots } from '/bots.js'
    import { withContext } from '/context.js'
    import { pageViews } from '/page-views.js'
    import { withSessionId } from '/session-id.js'
    window.failures = []
    const token = ${JSON.stringify(session.person ? makeToken(session.person) : null)}
    const core = createTracker({ session: () => token, onError: (failure) => failures.push(failure), ...${JSON.stringify(given)} })
    ${wrap}
  </script>`
  await page.goto(site.url + path, init)
}
