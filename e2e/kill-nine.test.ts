import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { readAudit } from './stage/read-audit.ts'
import { seedRandom } from './stage/seed-random.ts'
import { openLedger, sendUnderFire } from './stage/send-under-fire.ts'
import { serveProxy } from './stage/serve-proxy.ts'
import { waitUntil } from './stage/wait-until.ts'

const KILLS = 50
const SENDERS = 5
/** A process that dies leaves its account leased for 10 s: with several, deliveries go on all the time, and are killed too. */
const ACCOUNTS = 8
/** Requests that are answered between a start and the kill. */
const MAX_ANSWERS = 30
const MAX_MOMENT_MS = 60
/** What HubSpot takes for an answer: a kill meets a request on its way more often. */
const HUBSPOT_DELAY_MS = 25
const DRAIN_WITHIN_MS = 40_000
const FIRST_ACCOUNT = 62515
/** A minute, on a machine that has nothing else to do. */
const TEST_WITHIN_MS = 400_000

describe(`a proxy that is killed ${KILLS} times while it works`, () => {
  const seed = Number(process.env.TRACKLINE_SEED ?? Date.now() % 1_000_000)
  const random = seedRandom(seed)
  const ledger = openLedger()
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage({ accounts: ACCOUNTS })
    await stage.hubspot.fail({ delayMs: HUBSPOT_DELAY_MS, next: 1_000_000 })
  })
  afterAll(() => stage.close())

  it('has delivered every event it ever accepted, each once, and nothing else', async () => {
    process.stdout.write(`kill -9: seed ${seed} (TRACKLINE_SEED=${seed} repeats it)\n`)
    let isDone = false
    const sender = { stage, random, ledger, accounts: ACCOUNTS, isDone: () => isDone }
    const fired = Promise.all(Array.from({ length: SENDERS }, () => sendUnderFire(sender)))
    const killed = killAgainAndAgain().finally(() => (isDone = true))
    await Promise.all([fired, killed])

    await stage.hubspot.recover()
    await waitUntil('every event is delivered', async () => (await readAudit(stage.proxyUrl)).queued === 0, DRAIN_WITHIN_MS)
    await expectAllOnce()
  }, TEST_WITHIN_MS)

  async function killAgainAndAgain(): Promise<void> {
    for (let kill = 1; kill <= KILLS; kill++) {
      const killAfter = ledger.answeredRequests + random.between(1, MAX_ANSWERS)
      await waitUntil(`answers go on after kill ${kill - 1}`, () => ledger.answeredRequests >= killAfter)
      await pause(random.between(0, MAX_MOMENT_MS))
      expect(await stage.proxy.end('SIGKILL')).toBe('SIGKILL')
      stage.proxy = await serveProxy(stage.env)
    }
  }

  async function expectAllOnce(): Promise<void> {
    const events = await stage.hubspot.events()
    const redelivered = events.filter(({ writes }) => writes > 1).length
    const audit = await readAudit(stage.proxyUrl)
    process.stdout.write([
      `kill -9: ${KILLS} kills, ${ledger.retriedRequests} requests without an answer, ${ledger.accepted.size} events accepted,`,
      `${events.length} at HubSpot, ${redelivered} of them sent more than once; audit ${JSON.stringify(audit)}\n`,
    ].join(' '))

    expect(events.map(({ tokens }) => tokens.transactionId).toSorted()).toEqual([...ledger.accepted.keys()].toSorted())
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    for (const { tokens, email, portalId } of events) {
      const visitor = ledger.accepted.get(tokens.transactionId ?? '')
      const account = FIRST_ACCOUNT + Number(visitor?.site.replace('main', '1').replace('site-', '')) - 1
      expect({ email, portalId }).toEqual({ email: visitor?.email, portalId: account })
    }
    const { received, ...states } = audit
    expect(states).toMatchObject({ queued: 0, needsIdentity: 0, dead: 0, delivered: ledger.accepted.size })
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(received)
    expect(audit.rejected).toBeGreaterThanOrEqual(ledger.rejected.size)
  }
})
