import type { Target } from '../../hubspot/target.ts'
import type { Row, TargetName } from '../../outbox/event.ts'
import { waitAfterFailureMs } from '../../outbox/retry-schedule.ts'
import type { RetrySchedule } from '../../outbox/retry-schedule.ts'
import type { Lease, Pause, Settlement, Store } from '../../outbox/store.ts'
import { withoutEmails } from '../../outbox/without-emails.ts'
import type { Outcome } from '../../outcome.ts'
import { deliverBatch, UNANSWERED } from './deliver-batch.ts'
import type { BatchResult, DeliverBatchParts } from './deliver-batch.ts'

export interface DeliverAccountParts extends DeliverBatchParts {
  store: Pick<Store, 'claimDue' | 'settle'>
  targets: Partial<Record<TargetName, Target>>
  schedule: RetrySchedule
  now: () => Date
  random: () => number
  log: (line: Record<string, unknown>, story: string) => void
  /** Told of each attempt that has been settled. */
  onSettled: (row: Row, outcome: Outcome) => void
}

/** A row is given up by its age, and only after so many attempts. */
const ATTEMPTS_BEFORE_GIVING_UP = 5
/** A prime: account numbers that lie close together are shifted apart. */
const ACCOUNT_SHIFT = 7_919

/** What is left to do for an account after a round: nothing due, a pause to sit out, or the lease is not ours any more. */
export type RoundEnd = 'idle' | 'paused' | 'lost'

/** Sends everything that is due for a leased account, batch after batch, and writes down what came of it. */
export async function deliverAccount(parts: DeliverAccountParts, lease: Lease, state: { failures: number; isStopping: () => boolean }): Promise<RoundEnd> {
  for (;;) {
    let sent = 0
    for (const [name, target] of inTurn(Object.entries(parts.targets), parts.random())) {
      if (state.isStopping()) return 'idle'
      // Object.entries forgets that the keys are TargetName.
      const rows = await parts.store.claimDue(lease, { target: name as TargetName, now: parts.now().getTime(), limit: batchLimit(target, state.failures) })
      if (!rows) return 'lost'
      if (rows.length === 0) continue
      sent += rows.length
      const end = await attempt(parts, { lease, target, rows, state })
      if (end) return end
    }
    if (sent === 0) return 'idle'
  }
}

/** Begins anywhere: a target that fails ends the round, and must not keep the others from theirs. */
function inTurn<Each>(all: Each[], random: number): Each[] {
  const first = Math.floor(random * all.length)
  return [...all.slice(first), ...all.slice(0, first)]
}

/** After failures, send less: should one event be what makes HubSpot fail, it ends up alone, and then waits alone. */
function batchLimit({ batchSize }: Target, failures: number): number {
  return Math.max(1, Math.floor(batchSize / 2 ** Math.min(failures, 10)))
}

interface Attempt {
  lease: Lease
  target: Target
  rows: Row[]
  state: { failures: number }
}

async function attempt(parts: DeliverAccountParts, { lease, target, rows, state }: Attempt): Promise<RoundEnd | undefined> {
  const startedAt = parts.now().getTime()
  const result = await deliverBatch(parts, target, rows)
  const now = parts.now().getTime()
  const pause = pauseAfter(parts, result, { failures: state.failures, now })
  state.failures = pause.failures
  const settling = { pause, isPaused: result.accountOutcome !== undefined, isAlone: rows.length === 1, now }
  const settlements = rows.map((row, index) => settlementOf(parts, { ...settling, row, outcome: result.outcomes[index] }))
  const isHeld = await parts.store.settle(lease, { rows: settlements, pause, now })
  logAttempt(parts, { rows, settlements, result, durationMs: now - startedAt, isHeld })
  if (!isHeld) return 'lost'
  return result.accountOutcome ? 'paused' : undefined
}

/** A failure that is everybody's stops the account for a while; anything else clears the count. */
function pauseAfter({ schedule, random }: DeliverAccountParts, { accountOutcome }: BatchResult, before: { failures: number; now: number }): Pause {
  if (!accountOutcome) return { until: 0, failures: 0 }
  if (accountOutcome.kind === 'snooze') return { until: before.now + accountOutcome.forMs, failures: before.failures }
  const failures = before.failures + 1
  return { until: before.now + waitAfterFailureMs(schedule, failures, random()), failures }
}

interface AttemptedRow {
  row: Row
  outcome: Outcome | undefined
  pause: Pause
  /** The whole account waits. */
  isPaused: boolean
  /** It was the only one of its batch. */
  isAlone: boolean
  now: number
}

function settlementOf({ schedule, random }: DeliverAccountParts, attempted: AttemptedRow): Settlement {
  const { row, outcome = UNANSWERED, pause, isPaused, isAlone, now } = attempted
  const { seq } = row
  if (outcome.kind === 'delivered' || outcome.kind === 'dead') return { seq, outcome }
  if (outcome.kind === 'retry' && isGivenUp(row, schedule, now)) {
    return { seq, outcome: { kind: 'dead', code: 'GAVE_UP', detail: `${outcome.code}${outcome.detail ? `: ${outcome.detail}` : ''}` } }
  }
  if (outcome.kind === 'snooze') return { seq, outcome, nextAttemptAt: isPaused ? row.receivedAt : now + outcome.forMs }
  if (!isPaused) return { seq, outcome, nextAttemptAt: nextCommonMoment(schedule, row, now) }
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
 * which wait for the same thing come back together and in the order of their arrival. With a moment of chance for each, a "last login"
 * could move backwards.
 */
function nextCommonMoment({ firstMs, maxMs }: RetrySchedule, { account, attempt }: Row, now: number): number {
  const distanceMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 40))
  // Shifted, so that accounts do not all come at once.
  const shiftMs = (account * ACCOUNT_SHIFT) % distanceMs
  return Math.ceil((now + 1 - shiftMs) / distanceMs) * distanceMs + shiftMs
}

interface AttemptedBatch {
  rows: Row[]
  settlements: Settlement[]
  result: BatchResult
  durationMs: number
  isHeld: boolean
}

function logAttempt(parts: DeliverAccountParts, { rows, settlements, result, durationMs, isHeld }: AttemptedBatch): void {
  const count = (kind: Outcome['kind']) => settlements.filter(({ outcome }) => outcome.kind === kind).length
  const waiting = result.accountOutcome ?? result.outcomes.find(({ kind }) => kind === 'retry' || kind === 'snooze')
  const why = waiting && waiting.kind !== 'delivered' ? { code: waiting.code, detail: waiting.detail && withoutEmails(waiting.detail) } : {}
  const outcomes = { delivered: count('delivered'), snooze: count('snooze'), retry: count('retry'), dead: count('dead') }
  parts.log({ portalId: rows[0]?.account, target: rows[0]?.target, rows: rows.length, ...outcomes, ...why, durationMs, isHeld }, 'delivery.attempted')
  if (!isHeld) return
  rows.forEach((row, index) => {
    const outcome = settlements[index]?.outcome
    if (!outcome) return
    parts.onSettled(row, outcome)
    if (outcome.kind !== 'dead') return
    const { code, detail } = outcome
    parts.log({ eventId: row.eventId, portalId: row.account, attempt: row.attempt, code, detail: detail && withoutEmails(detail) }, 'event.dead')
  })
}
