import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Browser, Engine, Profile, Tab } from '../engines/engine.ts'
import { openServers } from './open-servers.ts'
import type { Servers } from './open-servers.ts'

/** What a test acts with in any engine; all of it is new for each test but the browser and the servers. */
export interface EngineScene {
  stage: Servers
  profile: Profile
  page: Tab
  /** Lets this run in every page of the test before all else. */
  runFirst<Argument>(script: (argument: Argument) => void, argument?: Argument): void
  /** What was thrown in the page and caught by nobody. */
  pageErrors(): Promise<string[]>
}

declare const window: Window & { errors: string[] }

/** One stage for all tests of a `describe`, and a fresh profile with ada signed in for each. */
export function beginIn(engine: Engine): EngineScene {
  const scene = { runFirst, pageErrors } as EngineScene // The rest is filled before each test.
  let browser: Browser
  beforeAll(async () => {
    if (engine.missing) return
    scene.stage = await openServers()
    browser = await engine.launch()
  }, 120_000)
  afterAll(() => Promise.all([browser?.close(), scene.stage?.closeServers()]))
  beforeEach(async () => {
    if (engine.missing) return
    const { endpoint, session, site, firstScripts } = scene.stage
    endpoint.clear()
    endpoint.script = undefined
    session.person = 'ada'
    firstScripts.length = 0
    runFirst(collectErrors)
    scene.profile = await browser.newProfile()
    scene.page = await scene.profile.newTab()
    // Not every engine's profiles have a storage of their own.
    site.paths['/empty'] = '<!doctype html>'
    await scene.page.goto(`${site.url}/empty`)
    await scene.page.evaluate(() => localStorage.clear())
    return () => scene.profile.close()
  }, 60_000)
  return scene

  function runFirst<Argument>(script: (argument: Argument) => void, argument?: Argument): void {
    scene.stage.firstScripts.push(`(${String(script)})(${JSON.stringify(argument)})`)
  }

  function pageErrors(): Promise<string[]> {
    return scene.page.evaluate(() => window.errors)
  }
}

function collectErrors(): void {
  window.errors = []
  addEventListener('error', ({ message }) => window.errors.push(message))
  addEventListener('unhandledrejection', ({ reason }) => window.errors.push(String(reason)))
}
