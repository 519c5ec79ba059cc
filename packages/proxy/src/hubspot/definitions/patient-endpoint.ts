import { parseJson } from '../call.ts'
import type { Fetch, HubSpotEndpoint } from '../call.ts'
import { classifyResponse } from '../classify-response.ts'

const TOO_MANY_REQUESTS = 429
const MAX_TRIES = 10
/** A limit that lasts longer than this is the day's: nobody waits for it at a terminal. */
const MAX_WAIT_MS = 60_000

/** The same HubSpot, where a call that comes too soon waits for its turn: reading an app of 750 event types takes more calls than fit into 10 seconds. */
export function patientEndpoint(endpoint: HubSpotEndpoint, sleep: (ms: number) => Promise<void>): HubSpotEndpoint {
  const patientFetch: Fetch = async (url, init) => {
    for (let tries = 1; ; tries++) {
      // The caller's time would run out during the waits.
      const { status, headers, text } = await readWhole(endpoint.fetch(url, { ...init, signal: AbortSignal.timeout(endpoint.timeoutMs) }))
      const waitMs = status === TOO_MANY_REQUESTS && tries < MAX_TRIES ? readWaitMs(text, headers) : undefined
      if (waitMs === undefined) return { status, headers, text: async () => text }
      await sleep(waitMs)
    }
  }
  return { ...endpoint, fetch: patientFetch }
}

async function readWhole(answering: ReturnType<Fetch>) {
  const answer = await answering
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

function readWaitMs(text: string, headers: Pick<Headers, 'get'>): number | undefined {
  const outcome = classifyResponse(TOO_MANY_REQUESTS, parseJson(text), headers.get('retry-after'))
  return outcome.kind === 'snooze' && outcome.forMs <= MAX_WAIT_MS ? outcome.forMs : undefined
}
