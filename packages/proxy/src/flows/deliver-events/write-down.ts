import type { Row } from '../../outbox/event.ts'
import type { Pause, Settlement } from '../../outbox/store.ts'
import type { Outcome } from '../../outcome.ts'
import { logAttempt } from './log-attempt.ts'
import { endRound } from './round.ts'
import type { Round } from './round.ts'

interface Attempted {
  rows: Row[]
  /** One a row. */
  settlements: (Settlement & { outcome: Outcome })[]
  pause: Pause | undefined
  durationMs: number
}

/** Settles rows, then tells of them. */
export async function writeDown(round: Round, { rows, settlements, pause, durationMs }: Attempted): Promise<void> {
  const isHeld = await round.settle({ rows: settlements, pause })
  if (!isHeld) endRound(round, 'lost')
  const outcomes = settlements.map(({ outcome }) => outcome)
  logAttempt(round.parts.log, { rows, outcomes, durationMs, isHeld })
  if (!isHeld) return
  const { account } = round
  account.dueAgainAt = Math.min(account.dueAgainAt, ...settlements.map(({ nextAttemptAt }) => Math.max(nextAttemptAt ?? Infinity, pause?.until ?? 0)))
  round.parts.onSettled(rows, outcomes)
}
