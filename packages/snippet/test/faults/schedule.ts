import fc from 'fast-check'
import { FAULTS } from './open-faults.ts'
import type { Fault } from './open-faults.ts'

/** What a visitor, or the browser, does with a tab. */
export type Move = 'stay' | 'reload' | 'leave' | 'close' | 'crash' | 'expire'

export interface Step {
  /** What goes wrong from here until the next step. */
  fault: Fault
  /** Which of four tabs; it is opened when it is not. */
  tab: number
  /** Events raised in it, of some hundred bytes or of 10 KB each. */
  events: number
  isLarge: boolean
  /** Goes on only once the fault has been met. */
  isAwaited?: true
  /** Passes before `then`. */
  waitMs: number
  /** `leave` goes to another page of the site; `expire` lets the page's token be too old. */
  then: Move
}

export interface Schedule {
  steps: Step[]
  /** How far the browser's clock is ahead of ours, in milliseconds. */
  clockAheadMs: number
  /** Whether all tabs are closed in the end and one is opened again, or those that are open stay as they are. */
  comesBack: boolean
}

const HOUR_MS = 3_600_000

const steps = fc.record<Step>({
  fault: fc.constantFrom(...FAULTS),
  tab: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
  events: fc.integer({ min: 1, max: 5 }),
  isLarge: fc.constantFrom(false, false, false, true),
  waitMs: fc.constantFrom(0, 0, 20, 60, 150),
  then: fc.constantFrom<Move>('stay', 'stay', 'reload', 'leave', 'close', 'crash', 'expire'),
})

const schedules = fc.record({
  steps: fc.array(steps, { minLength: 2, maxLength: 5 }),
  clockAheadMs: fc.constantFrom(0, 0, 0, -48 * HOUR_MS, 3 * HOUR_MS, 90_000),
  comesBack: fc.boolean(),
})

/** The same for the same seed. */
export function drawSchedules(seed: number, count: number): Schedule[] {
  return fc.sample(schedules, { seed, numRuns: count }).map(possible)
}

/** A date means another moment to a browser whose clock is wrong: there `Retry-After` comes in seconds. */
function possible({ steps, clockAheadMs, comesBack }: Schedule): Schedule {
  const spared = steps.map((step): Step => (clockAheadMs && step.fault === '429 as a date' ? { ...step, fault: '429 in seconds' } : step))
  return { steps: spared, clockAheadMs, comesBack }
}
