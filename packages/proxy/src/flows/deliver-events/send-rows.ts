import type { Turn } from '../../hubspot/turns.ts'
import type { Row } from '../../outbox/event.ts'
import type { Outcome } from '../../outcome.ts'
import { deliverBatch, UNANSWERED } from './deliver-batch.ts'
import { endRound } from './round.ts'
import type { Lane, Round } from './round.ts'
import { settlementOf } from './settlement-of.ts'
import { writeDown } from './write-down.ts'

/** A day's requests are counted until midnight in the account's time zone, which no answer tells: look again every hour. */
const DAY_SPENT: Outcome = { kind: 'snooze', forMs: 3_600_000, code: 'HUBSPOT_RATE_LIMITED', detail: 'HubSpot allows no more requests today' }

/** Sends one batch, and writes down what came of it. */
export async function sendRows(round: Round, lane: Lane, { rows, turn }: { rows: Row[]; turn: Turn }): Promise<void> {
  const { parts, account } = round
  const startedAt = parts.now().getTime()
  const result = await deliverBatch({ ...round.batchParts, takeTurn: beginningWith(turn, account.turns.take) }, lane.target, rows)
  turn.cancel()
  const accountOutcome = result.accountOutcome ?? (account.turns.isDaySpent() ? DAY_SPENT : undefined)
  if (accountOutcome) endRound(round, 'paused')
  const now = parts.now().getTime()
  const pause = round.trouble.pauseAfter(accountOutcome, now)
  const attempted = { pause: accountOutcome && pause, isAlone: rows.length === 1, now }
  const settlements = rows.map((row, index) => settlementOf(parts, { ...attempted, row, outcome: result.outcomes[index] ?? UNANSWERED }))
  await writeDown(round, { rows, settlements, pause, durationMs: now - startedAt })
  lane.line.settled(rows)
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
