import type { Place } from '../../outbox/store.ts'
import type { Row } from '../../outbox/event.ts'
import { ALONE_FROM, MOST_ABANDONED } from '../../outbox/suspicion.ts'
import type { Outcome } from '../../outcome.ts'
import { batchLimit, endRound, isEmpty, isInUse, mayGoPartial } from './round.ts'
import type { Lane, Round } from './round.ts'
import { writeDown } from './write-down.ts'

/** Batches claimed at once: a quarter of those that may be on their way, within these bounds. Few questions to the store, and each is answered soon. */
const BATCHES_A_CLAIM = { least: 4, most: 8 }
/** Claimed again when less than this part of a claim is ready. */
const READY_SHARE = 0.5
/** Where many wait for others of their people, no more than this many claims are kept in memory. */
const MOST_CLAIMS_WAITING = 2
/** While batches are on their way, news are asked for no more often than this: they come by the hundred. */
const CLAIM_EVERY_MS = 20
/** Where only a full batch may follow those on their way, news are asked for once they can fill one, and at least this often. */
const CLAIM_AGAIN_WITHIN_MS = 100
/** Each target is looked at this often, also one that is not in use, or that nobody says has something due. */
const LOOK_EVERY_MS = 2_000
const NOT_SOON_MS = 60_000

/** Begins to claim what is due, where little of it is here already. Returns after how many milliseconds to ask again. */
export function claimRows(round: Round): number {
  const { account, parts } = round
  if (round.claiming) return NOT_SOON_MS
  if (round.isCareful && !isEmpty(round)) return NOT_SOON_MS
  // Who is served alone keeps all others waiting.
  if (round.isCareful && account.aloneFor) return endAlone(round)
  round.isCareful = false
  const now = parts.now().getTime()
  const lanes = round.lanes.filter((lane) => isWanted(round, lane, now))
  if (lanes.length === 0) return LOOK_EVERY_MS
  const isMoreKnown = lanes.some(({ after }) => after)
  const soonest = round.inFlight.size === 0 || isMoreKnown ? now : Math.min(round.claimedAt, now) + pauseOf(round)
  if (soonest > now) return soonest - now
  round.claimedAt = now
  for (const lane of round.lanes) lane.hasDue ||= account.hasDue
  account.hasDue = false
  round.claiming = claimForAll(round, lanes, now).finally(() => {
    round.claiming = undefined
    account.news.raise()
  })
  return NOT_SOON_MS
}

/** Between two claims, while batches are on their way. [docs/adr/0024] */
function pauseOf(round: Round): number {
  if (mayGoPartial(round)) return CLAIM_EVERY_MS
  return Math.max(CLAIM_EVERY_MS, Math.min(CLAIM_AGAIN_WITHIN_MS, ...round.lanes.map(({ fillsInMs }) => fillsInMs)))
}

function endAlone(round: Round): number {
  endRound(round, 'idle')
  round.account.news.raise()
  return NOT_SOON_MS
}

/** One that fails ends the round, once the others are there too: what they claim must be given back. */
async function claimForAll(round: Round, lanes: Lane[], now: number): Promise<void> {
  const claims = await Promise.allSettled(lanes.map((lane) => claimFor(round, lane, now)))
  for (const claim of claims) if (claim.status === 'rejected') endRound(round, 'idle', claim.reason)
}

/** Rows of a claim, unless something is wrong. */
function rowsAClaim({ mostInFlight }: Round['account'], { target }: Lane): number {
  return target.batchSize * Math.max(BATCHES_A_CLAIM.least, Math.min(BATCHES_A_CLAIM.most, Math.floor(mostInFlight() / 4)))
}

function isWanted(round: Round, lane: Lane, now: number): boolean {
  const { account, parts } = round
  const { name, line, after, hasDue, mayHaveMore, askedAt } = lane
  if (account.aloneFor) return account.aloneFor === name
  const rows = rowsAClaim(account, lane)
  if (line.ready() >= rows * READY_SHARE || line.waiting() >= rows * MOST_CLAIMS_WAITING) return false
  // What is here goes first, where it can go.
  if (after || (mayHaveMore && !(line.ready() > 0 && mayGoPartial(round)))) return true
  // Wherever the clock was set meanwhile.
  if (Math.abs(now - askedAt) >= LOOK_EVERY_MS) return true
  return (account.hasDue || hasDue) && isInUse(parts, name)
}

async function claimFor(round: Round, lane: Lane, now: number): Promise<void> {
  const limit = round.trouble.failures() > 0 ? batchLimit(round, lane) : rowsAClaim(round.account, lane)
  const { after, name: target, askedAt } = lane
  Object.assign(lane, { hasDue: false, mayHaveMore: false, askedAt: now })
  const rows = await round.parts.store.claimDue(round.account.lease, { target, now, limit, ...(after ? { after } : {}) })
  if (!rows) return endRound(round, 'lost')
  lane.fillsInMs = (Math.max(1, now - askedAt) * lane.target.batchSize) / rows.length
  lane.after = rows.length < limit ? undefined : lastPlace(rows)
  const harmful = rows.filter(({ abandoned }) => abandoned >= MOST_ABANDONED)
  if (harmful.length) await giveUp(round, harmful)
  const others = rows.filter((row) => !harmful.includes(row))
  lane.mayHaveMore = rows.length > 0
  const { account } = round
  if (account.aloneFor || others.some(({ abandoned }) => abandoned > 0)) round.isCareful = true
  lane.line.add(others)
  if (account.aloneFor || !others.some(({ abandoned }) => abandoned >= ALONE_FROM) || !account.mayBeAlone()) return
  account.suspect = target
  endRound(round, 'idle')
}

function giveUp(round: Round, rows: Row[]): Promise<void> {
  const detail = `the process ended each of the ${MOST_ABANDONED} times that this event was about to be sent`
  const outcome: Outcome = { kind: 'dead', code: 'PROCESS_ENDED', detail }
  return writeDown(round, { rows, settlements: rows.map(({ seq }) => ({ seq, outcome })), pause: undefined, durationMs: 0 })
}

function lastPlace(rows: Row[]): Place {
  return rows.reduce((last, row) => (row.dueAt > last.dueAt || (row.dueAt === last.dueAt && row.seq > last.seq) ? row : last), { dueAt: -1, seq: -1 })
}
