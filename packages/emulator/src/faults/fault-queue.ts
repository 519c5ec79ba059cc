/** Something that goes wrong on purpose, for the next `next` calls it applies to. */
export type Fault = {
  /** Calls left, at least 1. */
  next: number
  /** Applies to calls whose path contains this; without it, to calls that write events, of any API. */
  path: string | undefined
  /** Answered with this status, 400–599, instead of being let through. */
  status: number | undefined
  retryAfterSeconds: number | undefined
  /** Named in the body of a 429. */
  policyName: string | undefined
  /** The connection is cut before the call is read. */
  drop: boolean
  /** The call takes effect, then the connection is cut without an answer. */
  resetAfterAccept: boolean
  /** Waits this long first. */
  delayMs: number
}

export type Call = { method: string; path: string }

const WRITING_METHODS = ['POST', 'PUT']
// Calls that define events rather than write one: templates in v3, event types in v1, names of app events.
const DEFINITIONS = /\/event-(templates|types)|\/types\/projects$/
const CUSTOM_EVENTS = /^\/events\/[^/]+\/send(\/batch)?$/

/** Holds faults in the order they were asked for; each call takes the first that applies to it. */
export function createFaultQueue() {
  let faults: Fault[] = []

  function take(call: Call): Fault | undefined {
    const fault = faults.find((waiting) => applies(waiting, call))
    if (fault === undefined) return undefined
    fault.next -= 1
    faults = faults.filter((waiting) => waiting.next > 0)
    return fault
  }

  return {
    take,
    add: (fault: Fault) => void faults.push({ ...fault }),
    /** Faults that still have calls left, next one first. */
    pending: (): readonly Fault[] => faults,
    clear: () => void (faults = []),
  }
}

// The controls themselves never fail: a test must be able to clear what it asked for.
function applies({ path: wanted }: Fault, { method, path }: Call): boolean {
  if (path.startsWith('/_emulator')) return false
  return wanted === undefined ? writesEvents({ method, path }) : path.includes(wanted)
}

function writesEvents({ method, path }: Call): boolean {
  if (!WRITING_METHODS.includes(method) || path.startsWith('/oauth')) return false
  return CUSTOM_EVENTS.test(path) || (path.includes('/timeline/') && !DEFINITIONS.test(path))
}
