import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Profile, Tab } from '../engines/engine.ts'
import { openFaults } from './open-faults.ts'
import type { Faults } from './open-faults.ts'
import type { FaultPage } from './fault-page.ts'
import type { FaultStage } from './open-fault-stage.ts'
import type { Schedule, Step } from './schedule.ts'

declare const window: FaultPage

/** How long the last event may take: a tab in the background may run its timers once a minute. */
const ARRIVED_WITHIN_MS = 120_000
const MET_WITHIN_MS = 20_000
const TEN_KILOBYTES = 10_000

export interface Played {
  events: number
  met: Faults['met']
  arrivals: Faults['arrivals']
}

/** Plays a schedule as one person on one browser, then waits until the outbox holds each event once and the browser none. */
export async function playSchedule(stage: FaultStage, profile: Profile, { schedule, person }: { schedule: Schedule; person: string }): Promise<Played> {
  const faults = await openFaults(stage.proxy.url)
  const tokens = { token: await stage.proxy.mint(person), expired: await stage.proxy.mint(person, { expired: true }) }
  const { endpoint } = faults
  const url = stage.addPage(person, { endpoint, clockAheadMs: schedule.clockAheadMs, persist: true, isExpired: false, ...tokens })
  const tabs: (Tab | undefined)[] = []
  let events = 0
  try {
    for (const step of schedule.steps) await play(step)
    faults.begin('none')
    if (schedule.comesBack) for (const tab of tabs.splice(0)) await tab?.close()
    // What a tab left behind when it ended goes with the next visit; everything else by itself.
    if (schedule.comesBack || schedule.steps.some(({ then }) => then === 'close' || then === 'crash')) tabs.push(await open())
    await expectEachOnce()
    return { events, met: faults.met, arrivals: faults.arrivals }
  } finally {
    for (const tab of tabs) await tab?.close()
    await faults.close()
  }

  async function play(step: Step): Promise<void> {
    faults.begin(step.fault)
    const tab = (tabs[step.tab] ??= await open())
    const from = events
    events += step.events
    await tab.evaluate(raise, { from, to: events, length: step.isLarge ? TEN_KILOBYTES : 0, isExpired: step.then === 'expire' })
    if (step.isAwaited) await expect.poll(() => faults.met.has(step.fault), { timeout: MET_WITHIN_MS, message: `${step.fault} is met` }).toBe(true)
    await delay(step.waitMs)
    if (step.then === 'reload') await tab.goto(url)
    if (step.then === 'leave') await tab.goto(stage.elsewhere).then(() => tab.goto(url))
    if (step.then !== 'close' && step.then !== 'crash') return
    tabs[step.tab] = undefined
    await (step.then === 'crash' && tab.crash ? tab.crash() : tab.close())
  }

  async function open(): Promise<Tab> {
    const tab = await profile.newTab()
    await tab.goto(url)
    return tab
  }

  /** No event is raised any more: what still waits must come by itself. */
  async function expectEachOnce(): Promise<void> {
    const waiting = { timeout: ARRIVED_WITHIN_MS, interval: 50 }
    const all = Array.from({ length: events }, (_, n) => n)
    await expect.poll(() => new Set(stage.proxy.stored(person).map(({ n }) => n)).size, waiting).toBe(events)
    for (const tab of tabs) {
      if (tab) await expect.poll(() => tab.evaluate(leftovers, endpoint), waiting).toEqual({ stored: 0, undecided: 0, refused: [] })
    }
    expect(stage.proxy.stored(person).map(({ n }) => n).sort((a, b) => a - b)).toEqual(all)
  }
}

interface Raising {
  from: number
  to: number
  length: number
  isExpired: boolean
}

function raise({ from, to, length, isExpired }: Raising): void {
  window.isExpired ||= isExpired
  for (let n = from; n < to; n++) {
    window.raised++
    void window.tracker.track('tracked', { n }, length ? { extraData: { text: 'x'.repeat(length) } } : undefined).then((outcome) => window.outcomes.push(outcome))
  }
}

/** What the page still keeps, and what it was told of its events. */
function leftovers(endpoint: string): { stored: number; undecided: number; refused: unknown[] } {
  return {
    stored: Object.keys(localStorage).filter((key) => key.startsWith(`${endpoint} `)).length,
    undecided: window.raised - window.outcomes.length,
    refused: window.failures,
  }
}
