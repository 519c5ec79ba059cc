import type { Target } from '../../hubspot/target.ts'
import type { Row, TargetName } from '../../outbox/event.ts'
import { waitAfterFailureMs } from '../../outbox/retry-schedule.ts'
import type { RetrySchedule } from '../../outbox/retry-schedule.ts'
import type { Lease, Pause, Settlement, Store } from '../../outbox/store.ts'
import type { Outcome } from '../../outcome.ts'
import { deliverBatch } from './deliver-batch.ts'
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

/** What is left to do for an account after a round: nothing due, a pause to sit out, or the lease is not ours any more. */
export type RoundEnd = 'idle' | 'paused' | 'lost'

/** Sends everything that is due for a leased account, batch after batch, and writes down what came of it. */
export async function deliverAccount(parts: DeliverAccountParts, lease: Lease, state: { failures: number; isStopping: () => boolean }): Promise<RoundEnd> {
  for (;;) {
    let sent = 0
    for (const [name, target] of Object.entries(parts.targets)) {
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

/** After failures, send less: should one event be what makes HubSpot fail, it ends up alone and stops nobody else. */
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
  const settlements = rows.map((row, index) => settlementOf(parts, { row, outcome: result.outcomes[index], pause, now }))
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
  now: number
}

function settlementOf({ schedule, random }: DeliverAccountParts, { row, outcome, pause, now }: AttemptedRow): Settlement {
  const { seq } = row
  if (!outcome) return { seq, outcome: { kind: 'retry', code: 'HUBSPOT_ANSWER_UNREADABLE' }, nextAttemptAt: now }
  if (outcome.kind === 'delivered' || outcome.kind === 'dead') return { seq, outcome }
  if (now - row.receivedAt >= schedule.giveUpAfterMs) {
    return { seq, outcome: { kind: 'dead', code: 'GAVE_UP', detail: `${outcome.code}${outcome.detail ? `: ${outcome.detail}` : ''}` } }
  }
  // A paused account goes on in the order of arrival; a row that failed by itself comes back by itself.
  if (pause.until > now) return { seq, outcome, nextAttemptAt: row.receivedAt }
  const waitMs = outcome.kind === 'snooze' ? outcome.forMs : waitAfterFailureMs(schedule, row.attempt, random())
  return { seq, outcome, nextAttemptAt: now + waitMs }
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
  const { accountOutcome } = result
  const why = accountOutcome && accountOutcome.kind !== 'delivered' ? { code: accountOutcome.code, detail: withoutEmails(accountOutcome.detail) } : {}
  const outcomes = { delivered: count('delivered'), snooze: count('snooze'), retry: count('retry'), dead: count('dead') }
  parts.log({ portalId: rows[0]?.account, target: rows[0]?.target, rows: rows.length, ...outcomes, ...why, durationMs, isHeld }, 'delivery.attempted')
  if (!isHeld) return
  rows.forEach((row, index) => {
    const outcome = settlements[index]?.outcome
    if (!outcome) return
    parts.onSettled(row, outcome)
    if (outcome.kind !== 'dead') return
    const { code, detail } = outcome
    parts.log({ eventId: row.eventId, portalId: row.account, attempt: row.attempt, code, detail: withoutEmails(detail) }, 'event.dead')
  })
}

/** HubSpot names the contact in its refusals; a log must not. The store keeps the words as they came. */
function withoutEmails(detail: string | undefined): string | undefined {
  return detail?.replace(/[^\s@"'<>()[\]]+@[^\s@"'<>()[\]]+/g, '[email]')
}
