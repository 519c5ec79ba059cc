import type { Turn } from '../../hubspot/turns.ts'
import type { Row } from '../../outbox/event.ts'
import type { Outcome } from '../../outcome.ts'
import { DAY_SPENT, untilDailyReset } from './daily-reset.ts'
import { deliverBatch, UNANSWERED } from './deliver-batch.ts'
import { endRound } from './round.ts'
import type { Lane, Round } from './round.ts'
import { settlementOf } from './settlement-of.ts'
import { writeDown } from './write-down.ts'

/** Sends one batch, and writes down what came of it. */
export async function sendRows(round: Round, lane: Lane, { rows, turn }: { rows: Row[]; turn: Turn }): Promise<void> {
  const { parts, account } = round
  const startedAt = parts.now().getTime()
  const result = await deliverBatch({ ...round.batchParts, takeTurn: beginningWith(turn, account.turns.take) }, lane.target, rows)
  turn.cancel()
  const accountOutcome = await untilReset(round, rows, result.accountOutcome ?? (account.turns.isDaySpent() ? DAY_SPENT : undefined))
  if (accountOutcome) endRound(round, 'paused')
  const now = parts.now().getTime()
  const pause = round.trouble.pauseAfter(accountOutcome, now)
  const attempted = { pause: accountOutcome && pause, isAlone: rows.length === 1, now }
  const settlements = rows.map((row, index) => settlementOf(parts, { ...attempted, row, outcome: result.outcomes[index] ?? UNANSWERED }))
  await writeDown(round, { rows, settlements, pause, durationMs: now - startedAt })
  lane.line.settled(rows)
}

async function untilReset({ parts, batchParts }: Round, rows: Row[], outcome: Outcome | undefined): Promise<Outcome | undefined> {
  if (outcome?.kind !== 'snooze' || outcome.code !== 'HUBSPOT_DAILY_LIMIT') return outcome
  const token = await batchParts.accessToken(rows[0]?.account ?? 0)
  const timeZone = token.kind === 'token' ? token.timeZone : undefined
  return untilDailyReset(outcome, { timeZone, now: parts.now(), random: parts.random() })
}

/** The turn that was taken before the batch was made up, then others. */
function beginningWith(turn: Turn, take: () => Promise<Turn>): () => Promise<Turn> {
  let first: Turn | undefined = turn
  return async () => {
    const taken = first ?? (await take())
    first = undefined
    return taken
  }
}
