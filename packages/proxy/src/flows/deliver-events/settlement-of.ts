import type { Row } from '../../outbox/event.ts'
import { waitAfterFailureMs } from '../../outbox/retry-schedule.ts'
import type { RetrySchedule } from '../../outbox/retry-schedule.ts'
import type { Pause, Settlement } from '../../outbox/store.ts'
import type { Outcome } from '../../outcome.ts'

/** A row is given up by its age, and only after so many attempts. */
const ATTEMPTS_BEFORE_GIVING_UP = 5
/** A prime: account numbers that lie close together are shifted apart. */
const ACCOUNT_SHIFT = 7_919

export interface AttemptedRow {
  row: Row
  outcome: Outcome
  /** Where the whole account waits: until when. */
  pause: Pause | undefined
  /** It was the only one of its batch. */
  isAlone: boolean
  now: number
}

export interface SettlementParts {
  schedule: RetrySchedule
  random: () => number
}

/** How the outcome of an attempt changes a row: what it is from now on, and when it is tried again. */
export function settlementOf({ schedule, random }: SettlementParts, attempted: AttemptedRow): Settlement & { outcome: Outcome } {
  const { row, outcome, pause, isAlone, now } = attempted
  const { seq } = row
  if (outcome.kind === 'delivered' || outcome.kind === 'dead') return { seq, outcome }
  if (outcome.kind === 'retry' && isGivenUp(row, schedule, now)) {
    return { seq, outcome: { kind: 'dead', code: 'GAVE_UP', detail: `${outcome.code}${outcome.detail ? `: ${outcome.detail}` : ''}` } }
  }
  if (outcome.kind === 'snooze') return { seq, outcome, nextAttemptAt: pause ? row.receivedAt : now + outcome.forMs }
  if (!pause) return { seq, outcome, nextAttemptAt: nextCommonMoment(schedule, row, now) }
  // A paused account goes on in the order of arrival. But one that failed alone may be the cause: the next attempt is another's.
  if (!isAlone) return { seq, outcome, nextAttemptAt: row.receivedAt }
  return { seq, outcome, nextAttemptAt: Math.max(pause.until, now + waitAfterFailureMs(schedule, row.attempt, random())) }
}

/** Age alone is no reason: an account that was away for a week must not lose its events to the first failure after its return. */
function isGivenUp(row: Row, schedule: RetrySchedule, now: number): boolean {
  return now - (row.retriedAt ?? row.receivedAt) >= schedule.giveUpAfterMs && row.attempt >= ATTEMPTS_BEFORE_GIVING_UP
}

/**
 * When a row that failed by itself is tried again: at moments that double in distance and are the same for all of an account, so that rows
 * which wait for the same thing come back together and in the order of their arrival. With a moment of chance for each, a property that
 * HubSpot stamps with each event could move backwards.
 */
function nextCommonMoment({ firstMs, maxMs }: RetrySchedule, { account, attempt }: Row, now: number): number {
  const distanceMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 40))
  // Shifted, so that accounts do not all come at once.
  const shiftMs = (account * ACCOUNT_SHIFT) % distanceMs
  return Math.ceil((now + 1 - shiftMs) / distanceMs) * distanceMs + shiftMs
}
