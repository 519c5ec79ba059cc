import { expect, it } from 'vitest'
import { settlementOf } from '../../src/flows/deliver-events/settlement-of.ts'
import { TARGETS } from '../../src/outbox/event.ts'
import type { TargetName } from '../../src/outbox/event.ts'
import { aRow, NOW } from './a-row.ts'

const PARTS = { schedule: { firstMs: 10_000, maxMs: 3_600_000, giveUpAfterMs: 259_200_000 }, random: () => 0.5 }
const PAUSE = { until: NOW + 5_000, failures: 1 }

/** An event that was sent alone while HubSpot failed: when it is tried again. */
function nextAttempt(target: TargetName, attempt: number): number | undefined {
  const outcome = { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' } as const
  return settlementOf(PARTS, { row: aRow({ target, attempt, receivedAt: NOW - 1_000 }), outcome, pause: PAUSE, isAlone: true, now: NOW }).nextAttemptAt
}

it.each(TARGETS)('an event for %s that failed alone may be the cause, and stands aside for the others', (target) => {
  expect(nextAttempt(target, 1)).toBeGreaterThanOrEqual(PAUSE.until)
})
