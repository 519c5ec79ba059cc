import type { BrowserContext, Page } from 'playwright'
import type { Arrival, Collector } from './collector.ts'
import type { Fault } from './faults.ts'

/** Longer than any tracker takes that keeps its events: RudderStack takes over a closed tab's after 17.5 s. */
const PATIENCE_MS = 22_000
/** A later event wakes a tracker within this time, or it stays asleep. */
const WAKE_MS = 12_000
/** Whatever comes a second time comes soon after. */
const AFTERWARDS_MS = 1_500
const [FIRST, LATER] = [999, 998]

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
  /** Of these, how many came only because the visitor came back and did one thing more. */
  woken: number
  /** How many came a second time, whether the receiver could tell by an id or not. */
  duplicates: number
  /** Events that came again before Retry-After allowed it. */
  early: number
}

export async function open({ context, url }: Scene): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** A page that has delivered one event, which does not count: whoever asks for settings has them now. */
export async function visit(scene: Scene): Promise<Page> {
  const page = await open(scene)
  await track(page, { first: FIRST, count: 1 })
  const isThere = await settle(() => scene.collector.arrivals.length > 0, PATIENCE_MS)
  if (!isThere) throw new Error('its first event did not arrive')
  return page
}

interface Raised {
  count: number
  /** The number of the first; 0 when absent. */
  first?: number
  /** Of a text that each carries; none when absent. */
  textLength?: number
  /** Where the page goes in the same breath. */
  leaveFor?: string
}

export async function track(page: Page, { count, first = 0, textLength = 0, leaveFor = '' }: Raised): Promise<void> {
  await page.evaluate(({ count, first, textLength, leaveFor }) => {
    for (let n = first; n < first + count; n++) void window.track(`bench-event-${n}-`, textLength ? { text: 'x'.repeat(textLength) } : undefined)
    if (leaveFor) location.href = leaveFor
  }, { count, first, textLength, leaveFor })
}

/** What has arrived of the events 0 … expected − 1; with a later event to wake the tracker, if they have not come by themselves. */
export async function countDelivered(scene: Scene, page: Page, { expected, saysWhenToRetry }: Pick<Fault, 'expected' | 'saysWhenToRetry'>): Promise<Delivered> {
  const { arrivals } = scene.collector
  const isWhole = () => countTaken(arrivals, expected).size === expected
  await settle(isWhole, PATIENCE_MS)
  const alone = countTaken(arrivals, expected).size
  if (!isWhole()) {
    await wake(scene, page)
    await settle(isWhole, WAKE_MS)
  }
  await settle(() => false, AFTERWARDS_MS)
  const counts = [...countTaken(arrivals, expected).values()]
  const early = saysWhenToRetry ? countRefusedAgain(arrivals, expected) : 0
  return { expected, delivered: counts.length, woken: counts.length - alone, duplicates: counts.reduce((sum, count) => sum + count - 1, 0), early }
}

/** How many of the events have reached the server, taken or not. */
export function countSeen({ collector }: Scene, expected: number): number {
  return new Set(collector.arrivals.flatMap(({ names }) => names).filter((name) => isOneOf(name, expected))).size
}

/** Until it is so, or the time is over: an absence has no signal. */
export async function settle(isSo: () => boolean, ms: number): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until && !isSo(); ) await new Promise((resolve) => setTimeout(resolve, 50))
  return isSo()
}

async function wake({ url }: Scene, page: Page): Promise<void> {
  if (page.url() !== url) await page.goto(url)
  await track(page, { first: LATER, count: 1 })
}

/** How often each event was taken. */
function countTaken(arrivals: Arrival[], expected: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of arrivals.flatMap(({ isTaken, names }) => (isTaken ? names : []))) {
    if (isOneOf(name, expected)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** How often an event was refused that had been refused before. */
function countRefusedAgain(arrivals: Arrival[], expected: number): number {
  const refused = arrivals.flatMap(({ isTaken, names }) => (isTaken ? [] : names)).filter((name) => isOneOf(name, expected))
  return refused.length - new Set(refused).size
}

function isOneOf(name: string, expected: number): boolean {
  return Number(name.split('-')[2]) < expected
}
