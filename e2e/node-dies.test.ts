import { afterAll, beforeAll, expect, it } from 'vitest'
import { findFreePorts } from './stage/free-ports.ts'
import { compareWithHubSpot, settled } from './stage/kill-again.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { seedRandom } from './stage/seed-random.ts'
import { openLedger, sendUnderFire } from './stage/send-under-fire.ts'
import { serveProxy } from './stage/serve-proxy.ts'
import { startDatabase } from './stage/start-database.ts'
import type { Database } from './stage/start-database.ts'
import type { StartedProcess } from './stage/start-process.ts'
import { waitUntil } from './stage/wait-until.ts'

const ACCOUNTS = 4
const SENDERS = 4
const REQUESTS = 60
/** HubSpot is slow, so that something is on its way when the process is killed. */
const HUBSPOT_DELAY_MS = 200
/** The lease of the killed one, and what has gathered meanwhile. */
const TAKEN_OVER_WITHIN_MS = 90_000

let database: Database
let stage: Stage
const delivering: StartedProcess[] = []

beforeAll(async () => {
  database = await startDatabase('PostgreSQL')
  stage = await openStage({ accounts: ACCOUNTS, env: database.env, role: 'ingest' })
})
afterAll(async () => {
  for (const process of delivering) await process.end('SIGKILL')
  await stage.close()
  await database.stop()
})

it('of two processes that only deliver the busy one is killed: the other delivers what one that only ingests takes, no event lost, none twice', async () => {
  const ledger = openLedger()
  await stage.hubspot.fail({ delayMs: HUBSPOT_DELAY_MS, next: 1_000_000 })
  const send = (requests: number) => {
    const enough = ledger.answeredRequests + requests
    const sender = { stage, random: seedRandom(requests), ledger, accounts: ACCOUNTS, isDone: () => ledger.answeredRequests >= enough }
    return Promise.all(Array.from({ length: SENDERS }, () => sendUnderFire(sender)))
  }
  await send(REQUESTS)
  expect(await stage.hubspot.events()).toEqual([])

  for (const port of [await findFreePorts(), await findFreePorts()]) {
    delivering.push(await serveProxy({ ...stage.env, TRACKLINE_PUBLIC_URL: `http://127.0.0.1:${port}` }, 'info', 'deliver'))
  }
  const sending = send(REQUESTS)
  const hasDelivered = ({ output }: StartedProcess) => output().includes('delivery.attempted')
  const busy = await waitUntil('one of them delivers', () => delivering.find(hasDelivered))
  await busy.end('SIGKILL')
  const deliveredBefore = (await stage.hubspot.events()).length
  await sending
  await settled(stage, ledger, TAKEN_OVER_WITHIN_MS)

  const { audit, ...found } = await compareWithHubSpot(stage, ledger)
  process.stdout.write([
    `one of two nodes killed: ${found.accepted} events accepted, ${deliveredBefore} delivered before, ${found.delivered} at HubSpot in the end,`,
    `${found.redelivered} of them sent more than once; audit ${JSON.stringify(audit)}\n`,
  ].join(' '))
  expect(found).toMatchObject({ delivered: ledger.accepted.size, missing: [], strange: [], twice: [], strangers: 0 })
  expect(deliveredBefore).toBeLessThan(found.delivered)
  const { received, ...states } = audit
  expect(states).toMatchObject({ queued: 0, dead: 0, delivered: ledger.accepted.size })
  expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(received)
}, 180_000)
