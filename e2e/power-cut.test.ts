import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRecordedDisk, whyNoRecordedDisk } from './stage/disk/recorded-disk.ts'
import type { RecordedDisk } from './stage/disk/recorded-disk.ts'
import { compareWithHubSpot, killAgainAndAgain } from './stage/kill-again.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { seedRandom } from './stage/seed-random.ts'

const CUTS = 15
const ACCOUNTS = 5
const MAX_EVENTS_BETWEEN = 200
const DRAIN_WITHIN_MS = 40_000
const TEST_WITHIN_MS = 300_000

const reason = whyNoRecordedDisk()
if (reason !== undefined) process.stdout.write(`power cuts are not tried here: ${reason}\n`)

describe.skipIf(reason !== undefined)(`a proxy whose machine loses its power ${CUTS} times while it works`, () => {
  const seed = Number(process.env.TRACKLINE_SEED ?? Date.now() % 1_000_000)
  const random = seedRandom(seed)
  let disk: RecordedDisk
  let stage: Stage

  beforeAll(async () => {
    disk = openRecordedDisk()
    stage = await openStage({ accounts: ACCOUNTS, env: { ...disk.env, DATABASE_URL: `sqlite:${disk.storeFile}` } })
  })
  afterAll(async () => {
    await stage.close()
    disk.remove()
  })

  it('has delivered every event it ever accepted: what was answered 202 had been flushed', async () => {
    process.stdout.write(`power cuts: seed ${seed} (TRACKLINE_SEED=${seed} repeats it)\n`)
    let unflushed = 0
    const whileDead = () => void (unflushed += disk.cutPower(random))
    const load = { people: 40, batches: [1, 10], maxPauseMs: 20 }
    const killing = { ...{ stage, random, load, whileDead, accounts: ACCOUNTS, senders: 5, kills: CUTS, maxEventsBetween: MAX_EVENTS_BETWEEN } }
    const ledger = await killAgainAndAgain(killing, DRAIN_WITHIN_MS)
    const { audit, ...found } = await compareWithHubSpot(stage, ledger)
    process.stdout.write([
      `power cuts: ${CUTS}, ${unflushed} writes not flushed, ${found.accepted} events accepted, ${found.delivered} at HubSpot,`,
      `${found.redelivered} of them sent more than once; audit ${JSON.stringify(audit)}\n`,
    ].join(' '))
    // Else the cuts met nothing, and show nothing.
    expect(unflushed).toBeGreaterThan(0)
    expect(found).toMatchObject({ delivered: ledger.accepted.size, missing: [], strange: [], twice: [], strangers: 0 })
    expect(audit).toMatchObject({ queued: 0, needsIdentity: 0, dead: 0, delivered: ledger.accepted.size })
  }, TEST_WITHIN_MS)
})
