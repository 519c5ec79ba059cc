import { expect, it } from 'vitest'
import { settlementOf } from '../../src/flows/deliver-events/settlement-of.ts'
import type { TargetName } from '../../src/outbox/event.ts'
import { aRow, NOW } from './a-row.ts'

const PARTS = { schedule: { firstMs: 10_000, maxMs: 3_600_000, giveUpAfterMs: 259_200_000 }, random: () => 0.5 }
const PAUSE = { until: NOW + 5_000, failures: 1 }

/** An event that was sent alone while HubSpot failed: when it is tried again. */
function nextAttempt(target: TargetName, attempt: number): number | undefined {
  const outcome = { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' } as const
  return settlementOf(PARTS, { row: aRow({ target, attempt, receivedAt: NOW - 1_000 }), outcome, pause: PAUSE, isAlone: true, now: NOW }).nextAttemptAt
}

it('an event of a timeline that failed alone may be the cause, and stands aside for the others', () => {
  expect(nextAttempt('timeline-v3', 1)).toBeGreaterThanOrEqual(PAUSE.until)
})

it('on a contact the latest write wins, so an event keeps its place there, until it must be the cause', () => {
  expect(nextAttempt('contact-properties', 1)).toBe(NOW - 1_000)
  expect(nextAttempt('contact-properties', 9)).toBe(NOW - 1_000)
  expect(nextAttempt('contact-properties', 10)).toBeGreaterThanOrEqual(PAUSE.until)
})
