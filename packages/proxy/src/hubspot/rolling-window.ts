/** HubSpot counts over a rolling window of this length. */
export const WINDOW_MS = 10_000
/** Clocks have whole milliseconds, and HubSpot's may round the other way. */
const ROUNDING_MS = 20
/** Handed over in slots of this length, so that the note stays short. */
const SLOT_MS = 500
/** Moving a start index instead of shifting: with a high limit each shift would move the whole list. */
const COMPACT_ABOVE = 1_024

/**
 * The requests that HubSpot may still count, by the moment at which it surely does not any more.
 *
 * HubSpot counts a request from some moment between its sending and its answer; whatever the network did, ten seconds after the
 * answer it is forgotten.
 */
export function rollingWindow() {
  /** Sorted: each is added for the same time after now. */
  let until: number[] = []
  let first = 0

  function forget(now: number): void {
    const latest = now + WINDOW_MS + ROUNDING_MS
    // The clock was set back: nothing counts for longer than the window.
    if ((until.at(-1) ?? 0) > latest) until = until.map((at) => Math.min(at, latest))
    while (first < until.length && (until[first] ?? 0) <= now) first += 1
    if (first < COMPACT_ABOVE && first < until.length) return
    until = until.slice(first)
    first = 0
  }

  return {
    used(now: number): number {
      forget(now)
      return until.length - first
    },
    /** When the `index`-th of those that count will not any more. */
    freeAt: (index = 0): number | undefined => until[first + index],
    add(now: number, requests = 1): void {
      for (let added = 0; added < requests; added++) until.push(now + WINDOW_MS + ROUNDING_MS)
    },
    /** What counts, in pairs of [moment of the end, requests]. */
    slots(now: number): [number, number][] {
      forget(now)
      const slots = new Map<number, number>()
      for (const at of until.slice(first)) {
        const end = Math.ceil(at / SLOT_MS) * SLOT_MS
        slots.set(end, (slots.get(end) ?? 0) + 1)
      }
      return [...slots]
    },
    restore(slots: [number, number][], now: number): void {
      const latest = now + WINDOW_MS + ROUNDING_MS
      until = slots.flatMap(([at, requests]) => Array.from({ length: requests }, () => Math.min(at, latest))).sort((a, b) => a - b)
      first = 0
    },
  }
}
