import type { Target } from '../../hubspot/target.ts'
import type { Turns } from '../../hubspot/turns.ts'
import type { Row, TargetName } from '../../outbox/event.ts'
import type { RetrySchedule } from '../../outbox/retry-schedule.ts'
import type { Lease, Place, Store } from '../../outbox/store.ts'
import type { Outcome } from '../../outcome.ts'
import type { Signal } from '../../signal.ts'
import { accountTrouble } from './account-trouble.ts'
import type { AccountTrouble } from './account-trouble.ts'
import type { DeliverBatchParts } from './deliver-batch.ts'
import { createLine } from './line.ts'
import type { Line } from './line.ts'
import { rememberToken } from './remember-token.ts'
import { settleTogether } from './settle-together.ts'
import type { Settle } from './settle-together.ts'

export interface DeliverAccountParts {
  store: Pick<Store, 'claimDue' | 'settle'>
  targets: Partial<Record<TargetName, Target>>
  /** Targets that events are stored for; the others may have some from before, and are looked at now and then. Without it: all. */
  inUse?: ReadonlySet<TargetName>
  accessToken: DeliverBatchParts['accessToken']
  schedule: RetrySchedule
  now: () => Date
  random: () => number
  log: (line: Record<string, unknown>, story: string) => void
  /** Told of each batch that has been settled: one outcome a row. */
  onSettled: (rows: readonly Row[], outcomes: readonly Outcome[]) => void
}

/** What a round for an account is told from outside. */
export interface AccountState {
  lease: Lease
  turns: Turns
  /** Failures in a row before this round. */
  failures: number
  /** Raised when something became due, when a batch came back, and when the process is to stop. */
  news: Signal
  /** Something became due; set to false by whoever asks the store for it. */
  hasDue: boolean
  /** When what this round has put off is due, milliseconds since 1970; Infinity: nothing was. */
  dueAgainAt: number
  isStopping: () => boolean
  /** The process is about to end. */
  isEnding: () => boolean
  /** Nothing else is sent by this process, so that events of this target which may end it take no others with them. */
  aloneFor: TargetName | undefined
  /** Others may stand aside for it now. */
  mayBeAlone: () => boolean
  /** The target of events that ended this round: they are to be sent while nothing else is. */
  suspect: TargetName | undefined
  /** The lease is not ours any more. */
  isLost: () => boolean
  /** How long to stay when nothing is due, in milliseconds. */
  lingerMs: () => number
  /** Most batches that may be on their way at once. */
  mostInFlight: () => number
}

/** So many batches go however few rows they hold; with more on their way, rows gather until a batch is full. */
const PARTIAL_IN_FLIGHT = 2

/** What ended a round: nothing was due any more, there is a pause to sit out, or the lease is not ours any more. */
export type RoundEnd = 'idle' | 'paused' | 'lost'

/** What one round knows of one of the account's targets. */
export interface Lane {
  name: TargetName
  target: Target
  line: Line
  /** The latest claim took as much as it might: there is more, after this place. */
  after: Place | undefined
  /** How long it takes until a full batch has become due, in milliseconds, going by the latest claim. */
  fillsInMs: number
  /** Something may be due for it that it was not asked for yet. */
  hasDue: boolean
  /** The latest claim brought something, and may have left some: of what may end the process it takes only little. */
  mayHaveMore: boolean
  /** When it was asked for last, milliseconds since 1970. */
  askedAt: number
}

/** One round of sending for one account. */
export interface Round {
  parts: DeliverAccountParts
  account: AccountState
  lanes: Lane[]
  batchParts: DeliverBatchParts
  trouble: AccountTrouble
  settle: Settle
  inFlight: Set<Promise<void>>
  end: RoundEnd | undefined
  /** Something failed that nothing here foresees, such as the disk. */
  failure: unknown
  claiming: Promise<void> | undefined
  /** Milliseconds since 1970. */
  claimedAt: number
  /** Rows are claimed that may end the process: no others are until they are settled. */
  isCareful: boolean
}

export function startRound(parts: DeliverAccountParts, account: AccountState): Round {
  const { turns, lease, isLost, isEnding } = account
  const mustStop = () => isLost() || isEnding()
  return {
    ...{ parts, account, end: undefined, failure: undefined },
    // Object.entries forgets that the keys are TargetName.
    lanes: Object.entries(parts.targets).map(([name, target]) => ({ name: name as TargetName, target, line: createLine(), after: undefined, fillsInMs: Infinity, hasDue: false, mayHaveMore: false, askedAt: -Infinity })),
    batchParts: { accessToken: rememberToken(parts.accessToken, parts.now), takeTurn: () => turns.take(mustStop), mustStop },
    trouble: accountTrouble(parts.schedule, parts.random, account.failures),
    settle: settleTogether(parts.store, lease, parts.now),
    inFlight: new Set(),
    ...{ claiming: undefined, claimedAt: -Infinity, isCareful: false },
  }
}

/** The end for the first of several reasons; but a lease that is lost is lost. */
export function endRound(round: Round, end: RoundEnd, failure?: unknown): void {
  round.end = end === 'lost' ? end : (round.end ?? end)
  round.failure ??= failure
}

/** Sites have it, so that events are stored for it. */
export function isInUse({ inUse }: DeliverAccountParts, target: TargetName): boolean {
  return !inUse || inUse.has(target)
}

/** Nothing is claimed that is not settled. */
export function isEmpty({ lanes, inFlight }: Round): boolean {
  return inFlight.size === 0 && lanes.every(({ line }) => line.waiting() === 0)
}

/** A batch that is not full may follow those on their way. */
export function mayGoPartial({ inFlight }: Round): boolean {
  return inFlight.size < PARTIAL_IN_FLIGHT
}

/** After failures, send less: should one event be what makes HubSpot fail, it ends up alone, and then waits alone. */
export function batchLimit({ trouble }: Round, { target }: Lane): number {
  return Math.max(1, Math.floor(target.batchSize / 2 ** Math.min(trouble.failures(), 10)))
}
