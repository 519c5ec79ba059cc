import type { BrowserContext, Page } from 'playwright'
import type { Collector } from './collector.ts'

/** A tracker has this long to deliver, once nothing is in its way; no further event wakes it. */
const PATIENCE_MS = Number(process.env.PATIENCE_SECONDS ?? 12) * 1_000
/** How long a fault lasts when a tracker sends nothing that could meet it. */
const FAULT_MS = 3_000
const RETRY_AFTER_SECONDS = 3

declare const window: Window & { track: (name: string, properties?: Record<string, unknown>) => unknown }

export interface Scene {
  context: BrowserContext
  collector: Collector
  /** Where the page with the tracker is. */
  url: string
}

export interface Delivered {
  expected: number
  delivered: number
  duplicates: number
  /** Requests that came before Retry-After allowed it. */
  early?: number
}

type Play = (scene: Scene) => Promise<Delivered>

/** Every one begins with a page that has loaded and delivered one event. */
export const FAULTS: Record<string, Play> = {
  '503, then reload': async (scene) => {
    const page = await visit(scene)
    scene.collector.fault = () => ({ status: 503 })
    await track(page, 10)
    await settle(() => countSeen(scene) === 10, FAULT_MS)
    scene.collector.fault = () => undefined
    await page.goto(scene.url)
    return wait(scene, 10)
  },
  'offline, tab closed, back later': async (scene) => {
    const page = await visit(scene)
    await scene.context.setOffline(true)
    await track(page, 10)
    await settle(() => false, FAULT_MS / 3)
    await page.close()
    await scene.context.setOffline(false)
    await open(scene)
    return wait(scene, 10)
  },
  '429 with Retry-After 3 s': async (scene) => {
    const page = await visit(scene)
    let opensAt = 0
    scene.collector.fault = () => {
      opensAt ||= Date.now() + RETRY_AFTER_SECONDS * 1_000
      return Date.now() < opensAt ? { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } } : undefined
    }
    await track(page, 5)
    const result = await wait(scene, 5)
    const early = scene.collector.arrivals.filter(({ names, isTaken }) => !isTaken && names.some((name) => repeated(scene, name)))
    return { ...result, early: early.length }
  },
  'leave at once': async (scene) => {
    const page = await visit(scene)
    await track(page, 10, 0, `${scene.collector.url}/next`)
    return wait(scene, 10)
  },
  '200 KB, leave, return': async (scene) => {
    const page = await visit(scene)
    await track(page, 20, 10_000, `${scene.collector.url}/next`)
    await page.waitForURL('**/next')
    await page.goto(scene.url)
    return wait(scene, 20)
  },
  '4 tabs, 20 waiting': async (scene) => {
    const tabs = [await visit(scene)]
    while (tabs.length < 4) tabs.push(await open(scene))
    scene.collector.fault = () => ({ status: 503 })
    for (const [at, tab] of tabs.entries()) await track(tab, 5, 0, undefined, at * 5)
    await settle(() => countSeen(scene) === 20, FAULT_MS)
    for (const tab of tabs) await tab.close()
    scene.collector.fault = () => undefined
    for (const _ of tabs) await open(scene)
    return wait(scene, 20)
  },
}

async function open({ context, url }: Scene): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** The first event is a warm-up, which does not count: whoever asks for settings has them now. */
async function visit(scene: Scene): Promise<Page> {
  const page = await open(scene)
  await page.evaluate(() => void window.track('bench-event-999-'))
  await settle(() => scene.collector.countTaken().size > 0, PATIENCE_MS)
  scene.collector.arrivals.length = 0
  return page
}

async function track(page: Page, count: number, textLength = 0, leaveFor?: string, first = 0): Promise<void> {
  await page.evaluate(({ count, textLength, leaveFor, first }) => {
    for (let n = first; n < first + count; n++) void window.track(`bench-event-${n}-`, textLength ? { text: 'x'.repeat(textLength) } : undefined)
    if (leaveFor) location.href = leaveFor
  }, { count, textLength, leaveFor, first })
}

async function wait({ collector }: Scene, expected: number): Promise<Delivered> {
  const counts = () => [...collector.countTaken()].filter(([name]) => name !== 'bench-event-999-').map(([, count]) => count)
  await settle(() => counts().length === expected, PATIENCE_MS)
  // Whatever comes a second time comes soon after.
  await settle(() => false, 1_000)
  const times = counts()
  return { expected, delivered: times.length, duplicates: times.reduce((sum, count) => sum + count - 1, 0) }
}

/** How many events have met the fault. */
function countSeen({ collector }: Scene): number {
  return new Set(collector.arrivals.flatMap(({ names }) => names)).size
}

/** Whether an event had been refused before: its second refusal is a request that came too early. */
function repeated({ collector }: Scene, name: string): boolean {
  return collector.arrivals.filter((arrival) => !arrival.isTaken && arrival.names.includes(name)).length > 1
}

/** Until it is so, or the time is over: an absence has no signal. */
async function settle(isSo: () => boolean, ms: number): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until && !isSo(); ) await new Promise((resolve) => setTimeout(resolve, 50))
}
