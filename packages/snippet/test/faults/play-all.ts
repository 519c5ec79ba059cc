import type { Profile } from '../engines/engine.ts'
import type { FaultStage } from './open-fault-stage.ts'
import type { Fault } from './open-faults.ts'
import { playSchedule } from './play-schedule.ts'
import type { Played } from './play-schedule.ts'
import type { Schedule } from './schedule.ts'

export interface Tally {
  schedules: number
  events: number
  /** How many requests met each fault. */
  met: Map<Fault, number>
}

let people = 0

/** Plays the schedules, one in each browser of the stage at a time. @throws with the number of the schedule that went wrong, and its steps */
export async function playAll(stage: FaultStage, schedules: Iterable<[number, Schedule]>): Promise<Tally> {
  const tally: Tally = { schedules: 0, events: 0, met: new Map() }
  const waiting = schedules[Symbol.iterator]()
  await Promise.all(stage.profiles.map(async (profile) => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) count(tally, await play(stage, profile, next.value))
  }))
  return tally
}

function play(stage: FaultStage, profile: Profile, [number, schedule]: [number, Schedule]): Promise<Played> {
  // The hyphen ends the number: rows are found by how their person begins.
  return playSchedule(stage, profile, { schedule, person: `person-${people++}-` }).catch((error: unknown) => {
    throw new Error(`schedule ${number}: ${JSON.stringify(schedule)}`, { cause: error })
  })
}

function count(tally: Tally, { events, met }: Played): void {
  tally.schedules++
  tally.events += events
  for (const [fault, requests] of met) tally.met.set(fault, (tally.met.get(fault) ?? 0) + requests)
}
