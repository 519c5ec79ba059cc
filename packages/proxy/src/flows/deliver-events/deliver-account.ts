import { claimRows } from './claim-rows.ts'
import { endRound, isEmpty, isInUse, startRound } from './round.ts'
import type { AccountState, DeliverAccountParts, Round, RoundEnd } from './round.ts'
import { startBatches } from './start-batches.ts'

/**
 * Sends what is due for a leased account until nothing is, several batches at once, and writes down what came of each. Rows that were
 * claimed and not sent are given back.
 */
export async function deliverAccount(parts: DeliverAccountParts, account: AccountState): Promise<RoundEnd> {
  const round = startRound(parts, account)
  account.hasDue = true
  await untilEnd(round)
  await round.claiming
  // First what is not on its way: should the process end meanwhile, it was not abandoned. Then what waited for those on their way.
  await giveBack(round)
  await Promise.all(round.inFlight)
  await giveBack(round)
  account.hasDue ||= round.lanes.some(({ name, hasDue, mayHaveMore }) => mayHaveMore || (hasDue && isInUse(parts, name)))
  if (round.failure) throw round.failure
  return round.end ?? 'idle'
}

async function untilEnd(round: Round): Promise<void> {
  const { account } = round
  for (;;) {
    if (account.isLost()) endRound(round, 'lost')
    if (account.isStopping()) endRound(round, 'idle')
    if (round.end) return
    // Claimed again after batches have started: they have made room, and the next answer may be long in coming.
    const lookAgainMs = Math.min(claimRows(round), startBatches(round), claimRows(round))
    const isIdle = isEmpty(round) && !round.claiming
    const isNews = await account.news.wait(isIdle ? account.lingerMs() : lookAgainMs)
    if (isIdle && !isNews) return
  }
}

/** What is still in line was claimed for nothing: all is as it was before. */
async function giveBack(round: Round): Promise<void> {
  const { account, lanes, settle } = round
  const rows = lanes.flatMap(({ line }) => line.clear()).map(({ seq }) => ({ seq, outcome: { kind: 'untried' as const } }))
  if (rows.length === 0 || round.end === 'lost') return
  account.hasDue = true
  await settle({ rows, pause: undefined }).catch((error: unknown) => endRound(round, 'idle', error))
}
