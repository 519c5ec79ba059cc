import type { Row } from '../../outbox/event.ts'
import { withoutEmails } from '../../outbox/without-emails.ts'
import type { Outcome } from '../../outcome.ts'

export interface AttemptedBatch {
  rows: Row[]
  /** One a row. */
  outcomes: Outcome[]
  durationMs: number
  /** False: the lease was lost meanwhile, and nothing was written down. */
  isHeld: boolean
}

type Log = (line: Record<string, unknown>, story: string) => void

/** One line a batch, and one for each event that will not be tried again. */
export function logAttempt(log: Log, { rows, outcomes, durationMs, isHeld }: AttemptedBatch): void {
  const counts = { delivered: 0, snooze: 0, retry: 0, dead: 0 }
  for (const { kind } of outcomes) counts[kind] += 1
  const waiting = outcomes.find((outcome) => outcome.kind === 'retry' || outcome.kind === 'snooze')
  const why = waiting ? { code: waiting.code, detail: waiting.detail && withoutEmails(waiting.detail) } : {}
  log({ portalId: rows[0]?.account, target: rows[0]?.target, rows: rows.length, ...counts, ...why, durationMs, isHeld }, 'delivery.attempted')
  if (!isHeld || counts.dead === 0) return
  rows.forEach((row, index) => {
    const outcome = outcomes[index]
    if (outcome?.kind !== 'dead') return
    log({ eventId: row.eventId, portalId: row.account, attempt: row.attempt, code: outcome.code, detail: outcome.detail && withoutEmails(outcome.detail) }, 'event.dead')
  })
}
