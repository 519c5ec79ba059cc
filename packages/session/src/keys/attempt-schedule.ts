const MIN_GAP_MS = 30_000
const MAX_GAP_MS = 5 * 60_000

/**
 * Decides when the next load may begin: 30 s after the last one began, and after failures 30 s, 1 min, 2 min, 4 min,
 * then every 5 min. Whoever sends tokens, good or bad, cannot make it more often.
 */
export function attemptSchedule() {
  let beganAtMs = Number.NEGATIVE_INFINITY
  let failures = 0

  /** How long until a load may begin; 0: now. */
  function waitMs(nowMs: number): number {
    // A clock that was set back must not stop loading until it has caught up.
    return nowMs < beganAtMs ? 0 : Math.max(0, beganAtMs + gapMs(failures) - nowMs)
  }

  return {
    /** True, and the moment is taken, when a load may begin now. */
    begin(nowMs: number): boolean {
      if (waitMs(nowMs) > 0) return false
      beganAtMs = nowMs
      return true
    },
    waitMs,
    succeeded(): void {
      failures = 0
    },
    failed(): void {
      failures += 1
    },
  }
}

function gapMs(failures: number): number {
  return Math.min(MAX_GAP_MS, MIN_GAP_MS * 2 ** Math.max(0, failures - 1))
}
