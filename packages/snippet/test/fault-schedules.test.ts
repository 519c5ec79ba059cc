import fc from 'fast-check'
import { expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

type Fault = 'ok' | '503' | '429' | 'drop' | 'stored, then dropped' | 'offline' | 'reload' | 'close' | 'tab' | 'large'

const FAULTS: Fault[] = ['ok', '503', '429', 'drop', 'stored, then dropped', 'offline', 'reload', 'close', 'tab', 'large']
/** More with TRACKLINE_SCHEDULES, as `npm run torture:snippet` does. */
const SCHEDULES = Number(process.env.TRACKLINE_SCHEDULES ?? 12)
const SEED = Number(process.env.TRACKLINE_SEED ?? 20261124)
const scene = begin()

it(`in ${SCHEDULES} random orders of outages, lost answers, reloads and closed tabs every stored event arrives`, async () => {
  const { stage, context } = scene
  let events = 0
  const property = fc.asyncProperty(fc.array(fc.constantFrom(...FAULTS), { minLength: 3, maxLength: 7 }), async (schedule) => {
    stage.endpoint.clear()
    /** What the proxy has stored: known by id, as its duplicate check does. */
    const stored = new Map<string, string>()
    let fault: Fault = 'ok'
    stage.endpoint.script = ({ body }) => {
      if (fault === '503') return { status: 503 }
      if (fault === '429') return { status: 429, headers: { 'retry-after': '1' } }
      if (fault === 'drop') return { drop: true }
      for (const { messageId, event } of body?.batch ?? []) stored.set(messageId, event)
      return fault === 'stored, then dropped' ? { drop: true } : undefined
    }
    const raised: string[] = []
    let page = await context.newPage()
    await stage.visitWithModule(page, { persist: true })
    for (fault of schedule) {
      await context.setOffline(fault === 'offline')
      const names = Array.from({ length: 3 }, () => `event${events++}`)
      raised.push(...names)
      await page.evaluate(
        ({ names, length }) => names.forEach((name) => void window.tracker.track(name, { text: 'x'.repeat(length) })),
        { names, length: fault === 'large' ? 30_000 : 1 },
      )
      if (fault === 'close') await page.close()
      await context.setOffline(false)
      if (fault === 'reload') await stage.visitWithModule(page, { persist: true })
      if (fault === 'close' || fault === 'tab') await stage.visitWithModule((page = await context.newPage()), { persist: true })
    }
    fault = 'ok'
    await stage.visitWithModule(page, { persist: true })
    await expect.poll(() => [...stored.values()].sort(), { timeout: 60_000 }).toEqual(raised.sort())
    await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => / 1\d+/.test(key))), { timeout: 60_000 }).toEqual([])
    for (const each of context.pages()) await each.close()
  })
  await fc.assert(property, { numRuns: SCHEDULES, seed: SEED, endOnFailure: true })
}, SCHEDULES * 60_000)
