import { beforeAll, expect, it } from 'vitest'
import { begin } from '../stage/begin.ts'
import { makeToken } from '../stage/make-token.ts'
import type { StagePage } from '../stage/open-stage.ts'
import { serveDoors, visitWithDoors } from '../stage/visit-with-doors.ts'

declare const window: StagePage

const scene = begin()
beforeAll(() => serveDoors(scene.stage))

it('says of each event where it happened, without query strings', async () => {
  const { stage, page } = scene
  stage.site.paths['/from'] = '<!doctype html><a href="/doors?token=secret#secret">go</a>'
  const visit = { wrap: 'window.tracker = withContext(core)', head: '<title>Orders</title><meta name="referrer" content="unsafe-url">' }
  await visitWithDoors(stage, page, visit)
  await page.goto(`${stage.site.url}/from?mail=secret`)
  await page.click('a')
  await page.waitForFunction(() => window.tracker)
  await page.evaluate(() => window.tracker.track('login', {}, { extraData: { plan: 'pro', title: 'mine' } }))
  const [{ extraData } = {}] = stage.endpoint.messages()
  expect(extraData).toEqual({ url: `${stage.site.url}/doors`, title: 'mine', referrer: `${stage.site.url}/from`, plan: 'pro' })
  expect(JSON.stringify(stage.endpoint.requests.map(({ body }) => body))).not.toContain('secret')
})

it('says it of the page as it is at each event, and leaves out a referrer that is not known', async () => {
  const { stage, page } = scene
  await visitWithDoors(stage, page, { wrap: 'window.tracker = withContext(core)' })
  await page.evaluate(() => {
    history.pushState(null, '', '/later?token=1')
    document.title = 'x'.repeat(1_000)
    return window.tracker.track('login')
  })
  expect(stage.endpoint.messages()[0]?.extraData).toEqual({ url: `${stage.site.url}/later`, title: 'x'.repeat(500) })
})

it('in a worker says its address alone', async () => {
  const { stage, page } = scene
  stage.site.paths['/worker.js'] = `import { createTracker } from '/index.js'
    import { withContext } from '/context.js'
    const core = createTracker({ endpoint: '${stage.endpoint.url}', session: () => '${makeToken('ada')}' })
    postMessage(await withContext(core).track('worked'))`
  stage.site.paths['/'] = '<!doctype html>'
  await page.goto(stage.site.url)
  const outcome = await page.evaluate(() => new Promise((resolve) => {
    new Worker('/worker.js?v=1', { type: 'module' }).onmessage = (message) => resolve(message.data)
  }))
  expect(outcome).toBe('accepted')
  expect(stage.endpoint.messages()[0]?.extraData).toEqual({ url: `${stage.site.url}/worker.js` })
})
