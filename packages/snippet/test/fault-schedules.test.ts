import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINES, titleOf } from './engines/engines.ts'
import { FAULT_TABLE, RETRY_AFTER } from './faults/fault-table.ts'
import { openFaultStage } from './faults/open-fault-stage.ts'
import type { FaultStage } from './faults/open-fault-stage.ts'
import { FAULTS, RETRY_AFTER_SECONDS } from './faults/open-faults.ts'
import { playAll } from './faults/play-all.ts'
import { playSchedule } from './faults/play-schedule.ts'
import { drawSchedules } from './faults/schedule.ts'

/** Others with TRACKLINE_SEED; more with TRACKLINE_SCHEDULES, as `npm run torture:snippet` does; a single one by its number with TRACKLINE_ONLY, those from a number on with TRACKLINE_FROM. */
const SEED = Number(process.env.TRACKLINE_SEED ?? 20261124)
const SCHEDULES = Number(process.env.TRACKLINE_SCHEDULES ?? 70)
const ONLY = process.env.TRACKLINE_ONLY
const FROM = Number(process.env.TRACKLINE_FROM ?? 0)
const ENOUGH_FOR_EVERY_FAULT = 30

describe.each(ENGINES)('$name, with faults between it and the proxy', (engine) => {
  let stage: FaultStage
  beforeAll(async () => {
    if (!engine.missing) stage = await openFaultStage(engine)
  }, 120_000)
  afterAll(() => stage?.close())

  it.skipIf(engine.missing).each(Object.entries(FAULT_TABLE))(`%s: each event is stored once${titleOf(engine)}`, async (name, schedule) => {
    await playSchedule(stage, stage.profiles[0]!, { schedule, person: `${name.replaceAll(/\W/g, '')}-` })
  }, 150_000)

  it.skipIf(engine.missing)(`429 with Retry-After: nothing is sent before its time, then each event is stored once${titleOf(engine)}`, async () => {
    const { arrivals: [refused, next] } = await playSchedule(stage, stage.profiles[0]!, { schedule: RETRY_AFTER, person: 'patient-' })
    expect(refused!.fault).toBe('429 in seconds')
    expect(next!.at - refused!.at).toBeGreaterThanOrEqual(RETRY_AFTER_SECONDS * 1_000)
  }, 150_000)

  it.skipIf(engine.missing)(`${SCHEDULES} random orders of outages, lost answers, reloads, closed and crashed tabs: each event is stored once${titleOf(engine)}`, async () => {
    const began = Date.now()
    const schedules = [...drawSchedules(SEED, SCHEDULES).entries()].filter(([number]) => number >= FROM && (ONLY === undefined || number === Number(ONLY)))
    const tally = await playAll(stage, schedules)
    const met = [...tally.met].sort().map(([fault, requests]) => `${fault} ${requests}`).join(', ')
    const seconds = Math.round((Date.now() - began) / 1_000)
    process.stdout.write(`${engine.name}: ${tally.schedules} schedules of seed ${SEED}, ${tally.events} events, each stored once, ${seconds} s. Requests that met: ${met}\n`)
    expect(tally.schedules).toBe(schedules.length)
    if (schedules.length > ENOUGH_FOR_EVERY_FAULT) expect([...tally.met.keys()].sort()).toEqual([...FAULTS].sort())
  }, 120_000 + SCHEDULES * 10_000)
})
