import { compareWithHubSpot, settled } from './kill-again.ts'
import type { Found } from './kill-again.ts'
import type { Stage } from './open-stage.ts'
import { seedRandom } from './seed-random.ts'
import { openLedger, sendUnderFire } from './send-under-fire.ts'
import type { Ledger } from './send-under-fire.ts'
import { waitUntil } from './wait-until.ts'

const SENDERS = 5
const LOAD = { people: 20, batches: [1, 10], maxPauseMs: 20 }
/** Requests answered before a trouble, and after it. */
const ANSWERS = 30
/** Requests refused meanwhile. */
const REFUSALS = 20
const DRAIN_WITHIN_MS = 60_000

export interface Trouble {
  what: string
  begin(): Promise<void> | void
  end(): Promise<void> | void
}

/**
 * Sends without a pause through troubles of the database, one after the other. In each, requests must be refused with 503 and
 * Retry-After, and `/readyz` must be red; after it, everything must go on by itself. Then compares what was accepted with HubSpot.
 */
export async function sendThrough(stage: Stage, troubles: readonly Trouble[]): Promise<{ ledger: Ledger; found: Found }> {
  const ledger = openLedger()
  let isDone = false
  const sender = { stage, random: seedRandom(1), ledger, accounts: 1, isDone: () => isDone, load: LOAD }
  const sending = Promise.all(Array.from({ length: SENDERS }, () => sendUnderFire(sender)))
  const through = (async () => {
    for (const trouble of troubles) await goThrough(stage, ledger, trouble)
  })().finally(() => (isDone = true))
  await Promise.all([through, sending])
  await settled(stage, ledger, DRAIN_WITHIN_MS)
  return { ledger, found: await compareWithHubSpot(stage, ledger) }
}

async function goThrough({ proxyUrl }: Stage, ledger: Ledger, { what, begin, end }: Trouble): Promise<void> {
  const answersGoOn = () => {
    const enough = ledger.answeredRequests + ANSWERS
    return waitUntil(`${what}: events come in`, () => ledger.answeredRequests >= enough)
  }
  const askReady = () => fetch(`${proxyUrl}/readyz`)
  await answersGoOn()
  await begin()
  const before = ledger.refusedRequests
  await waitUntil(`${what}: requests are refused`, () => ledger.refusedRequests >= before + REFUSALS)
  await waitUntil(`${what}: /readyz is red`, async () => isRed(await askReady()))
  await end()
  await waitUntil(`${what}: /readyz is green again`, async () => (await askReady()).ok)
  await answersGoOn()
  process.stdout.write(`${what}: ${ledger.refusedRequests - before} requests refused, ${ledger.accepted.size} events accepted so far\n`)
}

function isRed({ status, headers }: Response): boolean {
  return status === 503 && Number(headers.get('retry-after')) > 0
}
