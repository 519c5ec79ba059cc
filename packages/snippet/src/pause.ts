const FIRST_BACK_OFF_MS = 1_000
const MAX_BACK_OFF_MS = 60_000
const MAX_PAUSE_MS = 86_400_000

export type Pause = ReturnType<typeof createPause>

/**
 * How long to wait before the next attempt: a random part of 1 s, 2 s, 4 s … 60 s after each failure in a row ("full
 * jitter"), on top of what `Retry-After` asks, a day at most. With `isShared`, tabs share what `Retry-After` asked.
 */
export function createPause(key: string, isShared: boolean | undefined) {
  let askedUntil = 0
  const pause = { _failures: 0, _retryAt: 0, _askedMs: askedMs, _leftMs: leftMs, _lengthen: lengthen }
  return pause

  function askedMs(): number {
    try {
      if (isShared) askedUntil = Math.max(askedUntil, localStorage[key] || 0)
    } catch {
      // Storage is denied: this tab waits on its own.
    }
    const ms = askedUntil - Date.now()
    // A clock that was set back must not make the pause longer than it was.
    return ms < MAX_PAUSE_MS ? ms : 0
  }

  function leftMs(): number {
    return Math.max(pause._retryAt - Date.now(), askedMs())
  }

  function lengthen(retryAfter?: string | null): void {
    const now = Date.now()
    const ms = Number(retryAfter) * 1_000 || Date.parse(`${retryAfter}`) - now
    pause._retryAt = now + Math.random() * Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** pause._failures++)
    if (!(ms > 0)) return
    askedUntil = now + Math.min(ms, MAX_PAUSE_MS - 1)
    pause._retryAt += askedUntil - now
    try {
      if (isShared) localStorage[key] = askedUntil
    } catch {
      // As above.
    }
  }
}
