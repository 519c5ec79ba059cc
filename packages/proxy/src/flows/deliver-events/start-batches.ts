import type { Turn } from '../../hubspot/turns.ts'
import type { Row } from '../../outbox/event.ts'
import { batchLimit, endRound, mayGoPartial } from './round.ts'
import type { Lane, Round } from './round.ts'
import { sendRows } from './send-rows.ts'

const NOT_SOON_MS = 60_000

/** Starts what batches may go now. Returns after how many milliseconds to ask again. */
export function startBatches(round: Round): number {
  for (const lane of inTurn(round.lanes, round.parts.random())) {
    while (mayStart(round, lane)) {
      // The turn first: while there is none, the batch fills up.
      const turn = round.account.turns.tryTake()
      if (typeof turn === 'number') return turn
      const rows = lane.line.take(batchLimit(round, lane))
      if (rows.length === 0) turn.cancel()
      else start(round, lane, { rows, turn })
    }
  }
  return NOT_SOON_MS
}

/** Begins anywhere: with one turn at a time, each target gets its share. */
function inTurn<Each>(all: Each[], random: number): Each[] {
  const first = Math.floor(random * all.length)
  return [...all.slice(first), ...all.slice(0, first)]
}

function mayStart(round: Round, { line, target }: Lane): boolean {
  const { inFlight, claiming, trouble, account } = round
  if (line.ready() === 0) return false
  // After a failure one batch shows whether HubSpot is back.
  if (inFlight.size >= (trouble.failures() > 0 ? 1 : account.mostInFlight())) return false
  const isFull = line.ready() >= target.batchSize
  return isFull || (mayGoPartial(round) && !claiming)
}

function start(round: Round, lane: Lane, batch: { rows: Row[]; turn: Turn }): void {
  const sending = sendRows(round, lane, batch)
    .catch((error: unknown) => {
      endRound(round, 'idle', error)
      // What is not settled is given back: it was no fault of theirs.
      lane.line.add(batch.rows)
    })
    .finally(() => {
      round.inFlight.delete(sending)
      round.account.news.raise()
    })
  round.inFlight.add(sending)
}
