import type { Page } from 'playwright'
import { countSeen, open, settle, track, visit } from './scene.ts'
import type { Scene } from './scene.ts'

/** How long a fault waits for the events of a tracker to meet it. The slowest sends every 5 s. */
const FAULT_MS = 8_000
const OFFLINE_MS = 1_000
/** What a page sends as it is left arrives within this time. */
const PARTING_MS = 1_000
const RETRY_AFTER_SECONDS = 3

export interface Fault {
  name: string
  expected: number
  /** Begins with a page that has loaded and delivered one event; gives the page that is open at the end, when nothing is in the way any more. */
  play: (scene: Scene) => Promise<Page>
  /** Whether an event that is refused a second time came too early. */
  saysWhenToRetry?: boolean
}

export const FAULTS: Fault[] = [
  {
    name: '503, then reload',
    expected: 10,
    async play(scene) {
      const page = await trackWhileDown(scene, 10)
      await page.goto(`${scene.collector.url}/next`)
      await endFault(scene)
      await page.goto(scene.url)
      return page
    },
  },
  {
    name: 'offline, tab closed, back later',
    expected: 10,
    async play(scene) {
      const page = await visit(scene)
      await scene.context.setOffline(true)
      await track(page, { count: 10 })
      await settle(() => false, OFFLINE_MS)
      await closeTab(page)
      await scene.context.setOffline(false)
      return open(scene)
    },
  },
  {
    name: `429 with Retry-After ${RETRY_AFTER_SECONDS} s`,
    expected: 5,
    saysWhenToRetry: true,
    async play(scene) {
      const page = await visit(scene)
      let opensAt = Infinity
      scene.collector.fault = () => {
        opensAt = Math.min(opensAt, Date.now() + RETRY_AFTER_SECONDS * 1_000)
        return Date.now() < opensAt ? { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } } : undefined
      }
      await track(page, { count: 5 })
      return page
    },
  },
  {
    name: 'leave at once',
    expected: 10,
    async play(scene) {
      const page = await visit(scene)
      await track(page, { count: 10, leaveFor: `${scene.collector.url}/next` })
      await page.waitForURL('**/next')
      return page
    },
  },
  {
    name: '200 KB, leave, return',
    expected: 20,
    async play(scene) {
      const page = await visit(scene)
      await track(page, { count: 20, textLength: 10_000, leaveFor: `${scene.collector.url}/next` })
      await page.waitForURL('**/next')
      await page.goto(scene.url)
      return page
    },
  },
  {
    name: '4 tabs, 20 waiting',
    expected: 20,
    async play(scene) {
      const page = await trackWhileDown(scene, 20)
      await closeTab(page)
      await endFault(scene)
      const tabs = await Promise.all([1, 2, 3, 4].map(() => open(scene)))
      return tabs[0] ?? page
    },
  },
]

/** A page whose events have met a server that is down, and do so on. */
async function trackWhileDown(scene: Scene, count: number): Promise<Page> {
  const page = await visit(scene)
  scene.collector.fault = () => ({ status: 503 })
  await track(page, { count })
  await settle(() => countSeen(scene, count) === count, FAULT_MS)
  return page
}

/** As a visitor closes it: the page is told. */
async function closeTab(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
}

/** After the page is gone: what it sends while leaving meets the fault, too. */
async function endFault({ collector }: Scene): Promise<void> {
  await settle(() => false, PARTING_MS)
  collector.fault = () => undefined
}
