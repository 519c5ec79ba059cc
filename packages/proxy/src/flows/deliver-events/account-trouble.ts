import { waitAfterFailureMs } from '../../outbox/retry-schedule.ts'
import type { RetrySchedule } from '../../outbox/retry-schedule.ts'
import type { Pause } from '../../outbox/store.ts'
import type { Outcome } from '../../outcome.ts'

export interface AccountTrouble {
  /** Failures in a row, before this round and in it. */
  failures(): number
  /**
   * What a batch that ended so changes about the account: undefined, nothing. A failure pauses it for longer each time. Batches
   * that were on their way together and fail together are one failure, and one that succeeds among them ends no pause.
   */
  pauseAfter(outcome: Outcome | undefined, now: number): Pause | undefined
}

/** Keeps one account's pause, during one round of sending. */
export function accountTrouble(schedule: RetrySchedule, random: () => number, before: number): AccountTrouble {
  let failures = before
  let hasFailed = false
  let pause: Pause | undefined

  function pauseAfter(outcome: Outcome | undefined, now: number): Pause | undefined {
    if (!outcome) return endOfTrouble()
    const isFailure = outcome.kind !== 'snooze'
    if (isFailure && !hasFailed) failures += 1
    const waitMs = askedWaitMs(outcome) ?? (hasFailed ? 0 : waitAfterFailureMs(schedule, failures, random()))
    hasFailed ||= isFailure
    pause = { until: Math.max(pause?.until ?? 0, now + waitMs), failures }
    return pause
  }

  function endOfTrouble(): Pause | undefined {
    if (pause || failures === 0) return undefined
    failures = 0
    return { until: 0, failures }
  }

  return { failures: () => failures, pauseAfter }
}

/** What HubSpot said itself. */
function askedWaitMs(outcome: Outcome): number | undefined {
  return outcome.kind === 'snooze' || outcome.kind === 'retry' ? outcome.forMs : undefined
}
