import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { readAudit } from './stage/read-audit.ts'
import { seedRandom } from './stage/seed-random.ts'
import { openLedger, sendUnderFire } from './stage/send-under-fire.ts'
import { serveProxy } from './stage/serve-proxy.ts'
import { DATABASES, startDatabase } from './stage/start-database.ts'
import type { Database } from './stage/start-database.ts'
import { waitUntil } from './stage/wait-until.ts'

const SENDERS = 5
const ANSWERS_BEFORE_THE_STOP = 50
const MUST_STOP_WITHIN_MS = 10_000
/** HubSpot is slow, so that something is on its way when the signal comes. */
const HUBSPOT_DELAY_MS = 200

describe.each(DATABASES)('a proxy on %s', (name) => {
  let database: Database
  let stage: Stage

  beforeAll(async () => {
    database = await startDatabase(name)
    stage = await openStage({ env: database.env })
  })
  afterAll(async () => {
    await stage.close()
    await database.stop()
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('%s while events come and go ends it with 0 and loses none', async (signal) => {
    const ledger = openLedger()
    let isDone = false
    await stage.hubspot.fail({ delayMs: HUBSPOT_DELAY_MS, next: 1_000_000 })
    const sender = { stage, random: seedRandom(1), ledger, accounts: 1, isDone: () => isDone }
    const sent = Promise.all(Array.from({ length: SENDERS }, () => sendUnderFire(sender)))
    await waitUntil('events come in', () => ledger.answeredRequests >= ANSWERS_BEFORE_THE_STOP)

    let exitCode: unknown
    const before = performance.now()
    void stage.proxy.end(signal).then((code) => (exitCode = code))
    await waitUntil(`the proxy ends on ${signal}`, () => exitCode !== undefined, MUST_STOP_WITHIN_MS)
    process.stdout.write(`${signal} under load on ${name}: ended after ${Math.round(performance.now() - before)} ms\n`)
    expect(exitCode).toBe(0)
    const storedAtTheStop = ledger.accepted.size

    stage.proxy = await serveProxy(stage.env)
    isDone = true
    await sent
    await stage.hubspot.recover()
    await waitUntil('every event is delivered', async () => (await readAudit(stage.proxyUrl)).queued === 0)
    expect(storedAtTheStop).toBeGreaterThan(0)
    const arrived = (await stage.hubspot.events()).filter(({ tokens }) => ledger.accepted.has(tokens.transactionId ?? ''))
    expect(arrived.map(({ tokens }) => tokens.transactionId).toSorted()).toEqual([...ledger.accepted.keys()].toSorted())
    // A stop is no crash: what was being sent was settled, so nothing went out twice.
    expect(arrived.filter(({ writes }) => writes > 1)).toEqual([])
  })
})
