import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareWithHubSpot, killAgainAndAgain } from './stage/kill-again.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { seedRandom } from './stage/seed-random.ts'
import { DATABASES, startDatabase } from './stage/start-database.ts'
import type { Database } from './stage/start-database.ts'

/** The short form; `npm run torture` is the long one. */
const KILLS = 15
const ACCOUNTS = 5
const MAX_EVENTS_BETWEEN = 200
const DRAIN_WITHIN_MS = 40_000
/** Half a minute, on a machine that has nothing else to do. */
const TEST_WITHIN_MS = 300_000

describe.each(DATABASES)(`a proxy on %s that is killed ${KILLS} times while it works`, (name) => {
  const seed = Number(process.env.TRACKLINE_SEED ?? Date.now() % 1_000_000)
  let database: Database
  let stage: Stage

  beforeAll(async () => {
    database = await startDatabase(name)
    stage = await openStage({ accounts: ACCOUNTS, env: database.env })
  })
  afterAll(async () => {
    await stage.close()
    await database.stop()
  })

  it('has delivered every event it ever accepted, each once, and nothing else', async () => {
    process.stdout.write(`kill -9 on ${name}: seed ${seed} (TRACKLINE_SEED=${seed} repeats it)\n`)
    const load = { people: 40, batches: [1, 10], maxPauseMs: 20 }
    const killing = { ...{ stage, load, accounts: ACCOUNTS, senders: 5, kills: KILLS, maxEventsBetween: MAX_EVENTS_BETWEEN }, random: seedRandom(seed) }
    const ledger = await killAgainAndAgain(killing, DRAIN_WITHIN_MS)
    const { audit, ...found } = await compareWithHubSpot(stage, ledger)
    process.stdout.write([
      `kill -9 on ${name}: ${KILLS} kills, ${ledger.retriedRequests} requests without an answer, ${found.accepted} events accepted,`,
      `${found.delivered} at HubSpot, ${found.redelivered} of them sent more than once; audit ${JSON.stringify(audit)}\n`,
    ].join(' '))

    expect(found).toMatchObject({ delivered: ledger.accepted.size, missing: [], strange: [], twice: [], strangers: 0 })
    const { received, ...states } = audit
    expect(states).toMatchObject({ queued: 0, needsIdentity: 0, dead: 0, delivered: ledger.accepted.size })
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(received)
    expect(audit.rejected).toBeGreaterThanOrEqual(ledger.rejected.size)
  }, TEST_WITHIN_MS)
})
