/** What a clock may differ from the one that it follows without being set: the way to it takes that long too. */
const IGNORED_MS = 50

export interface Clock {
  now: () => Date
  /** Sets it to this moment, milliseconds since 1970. From then on it counts by itself, whatever this machine's clock is set to. */
  set: (ms: number) => void
}

/**
 * This machine's clock, until another one sets it: of several processes on one database, each goes by the database's clock, so that
 * none takes another's lease for run out. [docs/adr/0042]
 *
 * @param monotonicMs  milliseconds since some moment; nobody can set it. Without it, this machine's clock is the only one
 */
export function createClock({ now, monotonicMs }: { now: () => Date; monotonicMs?: (() => number) | undefined }): Clock {
  if (!monotonicMs) return { now, set: () => undefined }
  const passedMs = monotonicMs
  let origin: number | undefined

  function read(): Date {
    return origin === undefined ? now() : new Date(origin + passedMs())
  }

  return {
    now: read,
    set(ms) {
      const isClose = origin !== undefined && Math.abs(ms - read().getTime()) < IGNORED_MS
      if (!isClose) origin = ms - passedMs()
    },
  }
}
