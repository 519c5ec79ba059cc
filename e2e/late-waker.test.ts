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

const SENDERS = 4
const REQUESTS = 40
/** HubSpot is slow, so that something is on its way when the process is stopped. */
const HUBSPOT_DELAY_MS = 400
/** The lease of the stopped one, and what has gathered meanwhile. */
const TAKEN_OVER_WITHIN_MS = 90_000

let database: Database
let stage: Stage
let other: StartedProcess | undefined

beforeAll(async () => {
  database = await startDatabase('PostgreSQL')
  stage = await openStage({ env: database.env, logLevel: 'info' })
})
afterAll(async () => {
  await other?.end('SIGKILL')
  await stage.close()
  await database.stop()
})

it('a process that is stopped for longer than its lease, and wakes while another delivers, changes nothing: no event lost, none twice', async () => {
  const ledger = openLedger()
  await stage.hubspot.fail({ delayMs: HUBSPOT_DELAY_MS, next: 1_000_000 })
  const one = stage
  const url = `http://127.0.0.1:${await findFreePorts()}`
  const two: Stage = { ...stage, proxyUrl: url, env: { ...stage.env, TRACKLINE_PUBLIC_URL: url } }

  const sendTo = (target: Stage, requests: number) => {
    const enough = ledger.answeredRequests + requests
    const sender = { stage: target, random: seedRandom(requests), ledger, accounts: 1, isDone: () => ledger.answeredRequests >= enough }
    return Promise.all(Array.from({ length: SENDERS }, () => sendUnderFire(sender)))
  }
  await sendTo(one, REQUESTS)
  await waitUntil('it delivers', async () => (await stage.hubspot.events()).length > 0)
  // What came last is still on its way when it is stopped, however soon the first was there.
  await sendTo(one, REQUESTS)
  process.kill(one.proxy.pid, 'SIGSTOP')
  const deliveredBefore = (await stage.hubspot.events()).length

  other = await serveProxy(two.env, 'info')
  await sendTo(two, REQUESTS)
  await settled(two, ledger, TAKEN_OVER_WITHIN_MS)
  process.kill(one.proxy.pid, 'SIGCONT')
  // Awake, and done with what it was doing: it has sent its late settlement, and learned that the account is another's.
  await waitUntil('it is told that it is too late', () => /"isHeld":false/.test(one.proxy.output()))
  await sendTo(one, REQUESTS)
  await settled(one, ledger, TAKEN_OVER_WITHIN_MS)

  const { audit, ...found } = await compareWithHubSpot(one, ledger)
  process.stdout.write([
    `SIGSTOP: ${found.accepted} events accepted, ${deliveredBefore} delivered before, ${found.delivered} at HubSpot in the end,`,
    `${found.redelivered} of them sent more than once; audit ${JSON.stringify(audit)}\n`,
  ].join(' '))
  expect(found).toMatchObject({ delivered: ledger.accepted.size, missing: [], strange: [], twice: [], strangers: 0 })
  const { received, ...states } = audit
  expect(states).toMatchObject({ queued: 0, dead: 0, delivered: ledger.accepted.size })
  expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(received)
})
