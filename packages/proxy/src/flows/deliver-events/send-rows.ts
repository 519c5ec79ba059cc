import type { Turn } from '../../hubspot/turns.ts'
import type { Row } from '../../outbox/event.ts'
import type { Outcome } from '../../outcome.ts'
import { DAY_SPENT, untilDailyReset } from './daily-reset.ts'
import { deliverBatch, NOT_SENT, UNANSWERED } from './deliver-batch.ts'
import { endRound } from './round.ts'
import type { Lane, Round } from './round.ts'
import { settlementOf } from './settlement-of.ts'
import { writeDown } from './write-down.ts'

/** Sends one batch, and writes down what came of it. What was not sent waits in line again. */
export async function sendRows(round: Round, lane: Lane, { rows, turn }: { rows: Row[]; turn: Turn }): Promise<void> {
  const { parts, account } = round
  const startedAt = parts.now().getTime()
  const result = await deliverBatch({ ...round.batchParts, takeTurn: beginningWith(turn, account.turns.take) }, lane.target, rows)
  turn.cancel()
  const ofAccount = result.accountOutcome === NOT_SENT ? undefined : result.accountOutcome
  const accountOutcome = await untilReset(round, rows, ofAccount ?? (account.turns.isDaySpent() ? DAY_SPENT : undefined))
  if (accountOutcome) endRound(round, 'paused')
  const now = parts.now().getTime()
  const attempts = rows.map((row, index) => ({ row, outcome: result.outcomes[index] ?? UNANSWERED }))
  const sent = attempts.filter(({ outcome }) => outcome !== NOT_SENT)
  // What was not sent shows neither that HubSpot is well nor that it is not.
  const pause = accountOutcome || sent.length > 0 ? round.trouble.pauseAfter(accountOutcome, now) : undefined
  const attempted = { pause: accountOutcome && pause, isAlone: rows.length === 1, now }
  const settlements = sent.map((attempt) => settlementOf(parts, { ...attempted, ...attempt }))
  if (sent.length > 0) await writeDown(round, { rows: sent.map(({ row }) => row), settlements, pause, durationMs: now - startedAt })
  lane.line.settled(rows)
  if (sent.length < rows.length) lane.line.add(attempts.filter(({ outcome }) => outcome === NOT_SENT).map(({ row }) => row))
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
