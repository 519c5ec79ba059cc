import type { TargetName } from '../../outbox/event.ts'

/** For no longer than this, in each minute, do all accounts stand aside: HubSpot may be slow, and there may be many suspects. */
const ASIDE_MS = 5_000
const EVERY_MS = 60_000

export interface Suspect {
  account: number
  /** The target of events that may end the process. */
  target: TargetName
}

/** Accounts with events that may end the process, and the time in which they are served one by one, while nothing else is. */
export interface Suspects {
  /** Whether all others may stand aside now. When not, suspects are served beside them. */
  mayBeAlone(): boolean
  add(suspect: Suspect): void
  remove(account: number): void
  /** Who is served alone next; undefined: nobody has to stand aside. */
  next(): Suspect | undefined
  /** How much longer others stand aside, in milliseconds. */
  leftMs(): number
}

export function createSuspects(now: () => Date): Suspects {
  const targets = new Map<number, TargetName>()
  /** When the latest time of standing aside began. */
  let beganAt = -Infinity

  function sinceMs(): number {
    const ms = now().getTime() - beganAt
    // A clock that was set back: nobody knows how long ago it was.
    return ms < 0 ? Infinity : ms
  }

  const mayBeAlone = () => sinceMs() < ASIDE_MS || sinceMs() >= EVERY_MS
  const leftMs = () => Math.max(0, ASIDE_MS - sinceMs())

  return {
    mayBeAlone,
    add({ account, target }) {
      if (!mayBeAlone()) return
      if (sinceMs() >= EVERY_MS) beganAt = now().getTime()
      targets.set(account, target)
    },
    remove: (account) => void targets.delete(account),
    next() {
      if (leftMs() === 0) targets.clear()
      const [first] = targets
      return first && { account: first[0], target: first[1] }
    },
    leftMs,
  }
}
