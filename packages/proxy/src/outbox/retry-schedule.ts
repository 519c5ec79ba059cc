/** How long to wait after an attempt that may succeed later. */
export interface RetrySchedule {
  /** Longest wait after the first failure, in milliseconds. */
  firstMs: number
  /** Longest wait ever, in milliseconds. */
  maxMs: number
  /** Age at which a row is given up, in milliseconds. */
  giveUpAfterMs: number
}

/**
 * Full jitter: anything between 0 and a bound that doubles with each failure, so that many who failed together do not come back
 * together. With the defaults the bound is 10 s, 20 s, 40 s, … 1 h.
 *
 * @param failures  failures so far, 1 for the first
 * @param random    0 ≤ random < 1
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitAfterFailureMs(schedule: RetrySchedule, failures: number, random: number): number {
  const boundMs = Math.min(schedule.maxMs, schedule.firstMs * 2 ** Math.min(failures - 1, 40))
  return Math.floor(boundMs * random)
}
