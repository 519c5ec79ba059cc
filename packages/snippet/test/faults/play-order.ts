import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Tab } from '../engines/engine.ts'
import type { FaultStage, PageOptions } from './open-fault-stage.ts'
import { openFaults } from './open-faults.ts'
import type { Act, Order } from './orders.ts'
import type { FaultPage } from './fault-page.ts'

declare const window: FaultPage

type Person = 'ada' | 'bob' | undefined

/** Long enough for what a step sets off, short enough that the next comes into the middle of some. */
const BETWEEN_ACTS_MS = 30

/**
 * Plays an order, an event raised after each act; then both come back, one after the other.
 *
 * Expects that the outbox has no event under a person who had not raised it, and, where the browser stores them, everybody's events.
 */
export async function playOrder(stage: FaultStage, [first, second]: [Tab, Tab], { order, name }: { order: Order; name: string }): Promise<void> {
  const faults = await openFaults(stage.proxy.url)
  const pages = { ada: await signedInAs('ada'), bob: await signedInAs('bob'), nobody: stage.addPage(`${name}nobody`, pageOptions()) }
  const raisedBy: Person[] = []
  let person: Person = 'ada'
  try {
    let tab = await visit(first)
    // The page has seen who is signed in.
    await tab.evaluate(() => window.tracker.flush())
    faults.begin('offline')
    await raise(tab)
    for (const act of order.acts) {
      tab = await play(act, tab)
      await raise(tab)
      await delay(BETWEEN_ACTS_MS)
    }
    for (person of ['ada', 'bob'] as const) await comeBack()
    expectNobodysUnderAnother()
  } finally {
    for (const tab of [first, second]) await tab.goto('about:blank')
    await faults.close()
  }

  function pageOptions(): Omit<PageOptions, 'token' | 'expired'> {
    return { endpoint: faults.endpoint, clockAheadMs: 0, persist: order.persists, isExpired: order.isExpired }
  }

  async function signedInAs(sub: string) {
    const tokens = { token: await stage.proxy.mint(name + sub), expired: await stage.proxy.mint(name + sub, { expired: true }) }
    return { url: stage.addPage(name + sub, { ...pageOptions(), ...tokens }), ...tokens }
  }

  /** The page, as it is for whoever is signed in. */
  async function visit(tab: Tab): Promise<Tab> {
    await tab.goto(person ? pages[person].url : pages.nobody)
    return tab
  }

  async function raise(tab: Tab): Promise<void> {
    const n = raisedBy.push(person) - 1
    await tab.evaluate((n) => void window.tracker.track('tracked', { n }), n)
  }

  async function play(act: Act, tab: Tab): Promise<Tab> {
    if (act === 'tab') return visit(second)
    if (act === 'reload') return visit(tab)
    if (act === 'online') {
      faults.begin('none')
      await tab.evaluate(() => void dispatchEvent(new Event('online')))
    }
    if (act === 'sign in' || act === 'sign out') await become(act === 'sign in' ? 'bob' : undefined, tab)
    return tab
  }

  /** In this tab, without a reload; the other tabs do not hear of it. */
  async function become(next: Person, tab: Tab): Promise<void> {
    person = next
    const { token, expired } = next ? pages[next] : {}
    await tab.evaluate(({ token, expired, resets, isExpired }) => {
      if (resets) window.tracker.reset()
      Object.assign(window, { token, expired, isExpired })
    }, { token, expired, resets: order.resets && !next, isExpired: order.isExpired })
  }

  /** Visits once more, after both tabs have left the site, and stays until everything of this person has been stored. */
  async function comeBack(): Promise<void> {
    for (const tab of [first, second]) await tab.goto('about:blank')
    const all = raisedBy.flatMap((by, n) => (by === person ? [n] : []))
    const tab = await visit(first)
    await raise(tab)
    const expected = [...(order.persists ? all : []), raisedBy.length - 1]
    await expect.poll(() => numbersOf(person), { timeout: 60_000, interval: 20 }).toEqual(expect.arrayContaining(expected))
  }

  function numbersOf(person: Person): number[] {
    return stage.proxy.stored(name + person).map(({ n }) => n)
  }

  function expectNobodysUnderAnother(): void {
    const strangers = stage.proxy.stored(name).filter(({ n, sub }) => raisedBy[n] !== undefined && sub !== name + raisedBy[n])
    expect(strangers).toEqual([])
  }
}
