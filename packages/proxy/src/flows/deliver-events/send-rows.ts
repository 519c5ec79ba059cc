import { NOT_SENT, UNANSWERED } from '../../hubspot/target.ts'
import type { Turn } from '../../hubspot/turns.ts'
import type { Row } from '../../outbox/event.ts'
import type { Outcome } from '../../outcome.ts'
import { DAY_SPENT, untilDailyReset } from './daily-reset.ts'
import { deliverBatch } from './deliver-batch.ts'
import { endRound } from './round.ts'
import type { Lane, Round } from './round.ts'
import { settlementOf } from './settlement-of.ts'
import { writeDown } from './write-down.ts'

/** Sends one batch, and writes down what came of it. What was not sent waits in line again. */
export async function sendRows(round: Round, lane: Lane, { rows, turn }: { rows: Row[]; turn: Turn }): Promise<void> {
  const startedAt = round.parts.now().getTime()
  const result = await deliverBatch({ ...round.batchParts, takeTurn: beginningWith(turn, round.batchParts.takeTurn) }, lane.target, rows)
  turn.cancel()
  const attempts = rows.map((row, index) => ({ row, outcome: result.outcomes[index] ?? UNANSWERED }))
  const [sent, unsent] = [attempts.filter(isSent), attempts.filter((attempt) => !isSent(attempt))]
  // What was not sent shows neither that HubSpot is well nor that it is not.
  if (sent.length > 0) await settleSent(round, { sent, isAlone: rows.length === 1, startedAt, accountOutcome: unsent.length > 0 ? undefined : result.accountOutcome })
  lane.line.settled(rows)
  if (unsent.length > 0) lane.line.add(unsent.map(({ row }) => row))
}

interface Attempt {
  row: Row
  outcome: Outcome
}

function isSent({ outcome }: Attempt): boolean {
  return outcome !== NOT_SENT.outcome
}

interface SentBatch {
  sent: Attempt[]
  isAlone: boolean
  startedAt: number
  accountOutcome: Outcome | undefined
}

async function settleSent(round: Round, { sent, isAlone, startedAt, accountOutcome: told }: SentBatch): Promise<void> {
  const { parts, account } = round
  const rows = sent.map(({ row }) => row)
  const accountOutcome = await untilReset(round, rows, told ?? (account.turns.isDaySpent() ? DAY_SPENT : undefined))
  if (accountOutcome) endRound(round, 'paused')
  const now = parts.now().getTime()
  const pause = round.trouble.pauseAfter(accountOutcome, now)
  const attempted = { pause: accountOutcome && pause, isAlone, now }
  const settlements = sent.map((attempt) => settlementOf(parts, { ...attempted, ...attempt }))
  await writeDown(round, { rows, settlements, pause, durationMs: now - startedAt })
}

async function untilReset({ parts, batchParts }: Round, rows: Row[], outcome: Outcome | undefined): Promise<Outcome | undefined> {
  if (outcome?.kind !== 'snooze' || outcome.code !== 'HUBSPOT_DAILY_LIMIT') return outcome
  const token = await batchParts.accessToken(rows[0]?.account ?? 0)
  const timeZone = token.kind === 'token' ? token.timeZone : undefined
  return untilDailyReset(outcome, { timeZone, now: parts.now(), random: parts.random() })
}

/** The turn that was taken before the batch was made up, then others. */
function beginningWith(turn: Turn, take: () => Promise<Turn | undefined>): () => Promise<Turn | undefined> {
  let first: Turn | undefined = turn
  return async () => {
    const taken = first ?? (await take())
    first = undefined
    return taken
  }
}
