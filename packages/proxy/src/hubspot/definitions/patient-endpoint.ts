import type { HubSpotEndpoint } from '../call.ts'
import { classifyResponse } from '../classify-response.ts'

const TOO_MANY_REQUESTS = 429
const MAX_TRIES = 10
/** A limit that lasts longer than this is the day's: nobody waits for it at a terminal. */
const MAX_WAIT_MS = 60_000

/** The same HubSpot, where a call that comes too soon waits for its turn: reading an app of 750 event types takes more calls than fit into 10 seconds. */
export function patientEndpoint(endpoint: HubSpotEndpoint, sleep: (ms: number) => Promise<void>): HubSpotEndpoint {
  async function patientFetch(...request: Parameters<typeof fetch>): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const response = await endpoint.fetch(...withOwnTimeout(request, endpoint.timeoutMs))
      const waitMs = response.status === TOO_MANY_REQUESTS && tries < MAX_TRIES ? await readWaitMs(response) : undefined
      if (waitMs === undefined) return response
      await sleep(waitMs)
    }
  }
  return { ...endpoint, fetch: patientFetch }
}

/** The caller's time would run out during the waits. */
function withOwnTimeout([input, init]: Parameters<typeof fetch>, timeoutMs: number): Parameters<typeof fetch> {
  return [input, { ...init, signal: AbortSignal.timeout(timeoutMs) }]
}

async function readWaitMs(response: Response): Promise<number | undefined> {
  const body: unknown = await response.clone().json().catch(() => undefined)
  const outcome = classifyResponse(response.status, body, response.headers.get('retry-after'))
  return outcome.kind === 'snooze' && outcome.forMs <= MAX_WAIT_MS ? outcome.forMs : undefined
}
