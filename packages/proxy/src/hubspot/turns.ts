import { readHandover, writeHandover } from './turns-handover.ts'
import type { RequestLimits } from './request-limits.ts'
import { rollingWindow, WINDOW_MS } from './rolling-window.ts'

/** What HubSpot grants a public app per account, until it says otherwise. */
const USUAL_MAX = 110
/** Part of the limit that may go at once after a rest; what follows is spread evenly over the window. */
const BURST_SHARE = 0.2
/** After a 429 this part of the limit is used, and a tenth of the limit more with each window that passes without one. */
const CUT = 0.5
const REGAINED = 0.1
/** How soon to ask again while the first answer is on its way. */
const LOOK_AGAIN_MS = 100

/** The right to make one request. */
export interface Turn {
  /** The answer is here, or none will come. */
  answered(limits?: RequestLimits): void
  /** HubSpot has refused it for its rate. Of requests that were on their way together, the first refusal alone makes fewer go. */
  refused(): void
  /** No request was made. Changes nothing after `answered`. */
  cancel(): void
}

/** One account's requests, while its lease is ours. */
export interface Turns {
  /** A turn; or the milliseconds after which to ask again. */
  tryTake(): Turn | number
  /** Waits for one; undefined once it must stop. */
  take(mustStop?: () => boolean): Promise<Turn | undefined>
  /** HubSpot allows no more today. */
  isDaySpent(): boolean
  /** For whoever serves the account next; undefined where nothing is known. */
  handover(): string | undefined
}

export interface TurnsOptions {
  /** Most requests an account may get in 10 seconds, whatever HubSpot says. Without it: what HubSpot says, 110 until it has. */
  requestsPer10Seconds?: number | undefined
  now: () => Date
  sleep: (ms: number) => Promise<void>
}

/**
 * Lets as many requests through as HubSpot allows an account, never more; the others wait for their turn.
 *
 * The account's lease makes us the only one that sends for it, so counting here is counting all but other programs, of which
 * HubSpot's headers tell.
 *
 * @param handover  what the holder before has left. Without it nobody knows what was sent: one request goes first, and HubSpot's
 *   answer says how much is left.
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
export function createTurns({ requestsPer10Seconds = Infinity, now, sleep }: TurnsOptions, handover?: string): Turns {
  const before = readHandover(handover)
  const window = rollingWindow()
  if (before) window.restore(before.slots, clock())
  let isKnown = before !== undefined
  let hubspotMax = before?.max
  let share = before?.share ?? 1
  // A clock that was set back must not put it off.
  let regainAt = Math.min(before?.regainAt ?? Infinity, clock() + WINDOW_MS)
  let inFlight = 0
  /** Requests, ours and others', that this has ever counted. */
  let counted = 0
  /** When the next request is due if they were evenly spread. */
  let paceAt = 0
  let isDaySpent = false
  let refusals = 0

  function clock(): number {
    return now().getTime()
  }

  function limit(at: number): number {
    while (share < 1 && at >= regainAt) {
      share = Math.min(1, share + REGAINED)
      regainAt += WINDOW_MS
    }
    const max = Math.min(requestsPer10Seconds, hubspotMax ?? Math.max(USUAL_MAX, Number.isFinite(requestsPer10Seconds) ? requestsPer10Seconds : 0))
    return Math.max(1, Math.floor(max * share))
  }

  /** 0 when a request may go now. */
  function waitMs(at: number): number {
    if (!isKnown && inFlight > 0) return LOOK_AGAIN_MS
    const max = limit(at)
    const excess = window.used(at) + inFlight - max
    if (excess >= 0) return Math.max(1, (window.freeAt(Math.min(excess, window.used(at) - 1)) ?? at + LOOK_AGAIN_MS) - at)
    const spacingMs = WINDOW_MS / max
    const burstMs = Math.max(1, Math.floor(max * BURST_SHARE)) * spacingMs
    // A clock that was set back must not stop the sending.
    paceAt = Math.min(paceAt, at + burstMs)
    return Math.max(0, Math.ceil(paceAt + spacingMs - burstMs - at))
  }

  function tryTake(): Turn | number {
    const at = clock()
    const wait = waitMs(at)
    if (wait > 0) return wait
    const spacingMs = WINDOW_MS / limit(at)
    paceAt = Math.max(paceAt, at) + spacingMs
    inFlight += 1
    counted += 1
    const countedBefore = counted - window.used(at) - inFlight
    const refusalsBefore = refusals
    let isOpen = true
    const end = (): boolean => {
      const wasOpen = isOpen
      if (wasOpen) inFlight -= 1
      isOpen = false
      return wasOpen
    }
    const answered = (limits: RequestLimits = {}) => {
      if (!end()) return
      window.add(clock())
      learn(limits, counted - countedBefore)
    }
    return {
      answered,
      refused() {
        answered()
        if (refusals !== refusalsBefore) return
        refusals += 1
        share = Math.max(REGAINED, share * CUT)
        regainAt = clock() + WINDOW_MS
      },
      cancel() {
        if (!end()) return
        paceAt -= spacingMs
        counted -= 1
      },
    }
  }

  /** @param known  all that HubSpot can have counted when it answered, as far as we know: what counted when the request went, and what came since */
  function learn({ max, remaining, dailyRemaining }: RequestLimits, known: number): void {
    isKnown = true
    isDaySpent = dailyRemaining === 0
    if (max === undefined) return
    hubspotMax = max
    const others = max - (remaining ?? max) - known
    if (others <= 0) return
    window.add(clock(), others)
    counted += others
  }

  async function take(mustStop = () => false): Promise<Turn | undefined> {
    while (!mustStop()) {
      const turn = tryTake()
      if (typeof turn !== 'number') return turn
      await sleep(Math.min(turn, LOOK_AGAIN_MS))
    }
    return undefined
  }

  return {
    tryTake,
    take,
    isDaySpent: () => isDaySpent,
    handover: () => (isKnown ? writeHandover({ slots: window.slots(clock()), share, regainAt, max: hubspotMax }) : undefined),
  }
}
