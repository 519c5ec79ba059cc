import { beforeAll, beforeEach, expect, it } from 'vitest'
import { begin } from '../stage/begin.ts'
import type { StagePage } from '../stage/open-stage.ts'
import { serveDoors, visitWithDoors } from '../stage/visit-with-doors.ts'

declare const window: StagePage

const scene = begin()
beforeAll(() => serveDoors(scene.stage))
beforeEach(() => visitWithDoors(scene.stage, scene.page, { wrap: 'window.tracker = withSessionId(core)' }))

const track = () => scene.page.evaluate(() => window.tracker.track('login'))
const sessionIds = () => scene.stage.endpoint.messages().map(({ extraData }) => (extraData as { sessionId: string }).sessionId)

it('is the same for the events of a page, and another after a reload', async () => {
  await track()
  await track()
  await scene.page.reload()
  await track()
  const [first, second, third] = sessionIds()
  expect(first).toMatch(/^[\d.]{21,40}$/)
  expect([second === first, third === first]).toEqual([true, false])
})

it('is another after reset(), which resets the tracker too', async () => {
  await track()
  await scene.page.evaluate(() => window.tracker.reset())
  await track()
  const [first, second] = sessionIds()
  expect(second).toMatch(/^[\d.]{21,40}$/)
  expect(second).not.toBe(first)
})

it('lasts while events are less than 30 minutes apart', async () => {
  const passMinutes = (minutes: number) => scene.page.evaluate((ms) => {
    const { now } = Date
    Date.now = () => now() + ms
  }, minutes * 60_000)
  await track()
  for (const minutes of [29, 29, 31]) {
    await passMinutes(minutes)
    await track()
  }
  const [first, afterA, afterB, afterC] = sessionIds()
  expect([afterA === first, afterB === first, afterC === first]).toEqual([true, true, false])
})

it('is stored nowhere', async () => {
  await track()
  expect(await scene.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ''])
  expect(await scene.context.cookies()).toEqual([])
})
