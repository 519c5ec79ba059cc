import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { BrowserContext, Page } from 'playwright'
import { openStage } from './open-stage.ts'
import type { Stage } from './open-stage.ts'

/** What a test acts with; all of it is new for each test but the browser and the servers. */
export interface Scene {
  stage: Stage
  context: BrowserContext
  page: Page
}

/** One stage for all tests of a file, and a fresh browser profile with ada signed in for each. */
export function begin(): Scene {
  const scene = {} as Scene // Filled before each test.
  beforeAll(async () => {
    scene.stage = await openStage()
  }, 60_000)
  afterAll(() => scene.stage?.close())
  beforeEach(async () => {
    scene.stage.endpoint.clear()
    scene.stage.endpoint.script = undefined
    scene.stage.session.person = 'ada'
    scene.context = await scene.stage.newContext()
    scene.page = await scene.context.newPage()
    return () => scene.context.close()
  })
  return scene
}
