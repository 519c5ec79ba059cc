import { setTimeout } from 'node:timers/promises'
import { startDelivery } from '../../src/flows/deliver-events/deliver-events.ts'
import type { Target } from '../../src/hubspot/target.ts'
import { createTurns } from '../../src/hubspot/turns.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { until } from './until.ts'

const DIES_AFTER_MS = 50
const ANSWERS_AFTER_MS = 1_000

/**
 * A process of its own: delivers what is due at the path it is given, as if so many milliseconds had passed. Soon after it begins to send
 * the event `harmful` it is killed; it ends well once nothing is queued.
 */
const [path = '', passedMs = ''] = process.argv.slice(2)
const world = { now: () => new Date(Date.now() + Number(passedMs)), sleep: (ms: number) => setTimeout(ms), random: Math.random }
const store = await openSqliteStore(path, {})
const target: Target = {
  batchSize: 10,
  async send(rows) {
    if (rows.some(({ messageId }) => messageId === 'harmful')) await setTimeout(DIES_AFTER_MS).then(() => process.kill(process.pid, 'SIGKILL'))
    await setTimeout(ANSWERS_AFTER_MS)
    return { kind: 'each', outcomes: rows.map(() => ({ kind: 'delivered' })) }
  },
}
const delivery = startDelivery({
  ...{ ...world, store, owner: `process ${process.pid}`, schedule: { firstMs: 10_000, maxMs: 3_600_000, giveUpAfterMs: 86_400_000 } },
  targets: { 'timeline-v3': target, 'contact-properties': target },
  accessToken: async () => ({ kind: 'token', accessToken: 'token' }),
  // Known from before, so that all that is due goes at once.
  createTurns: () => createTurns(world, '{"slots":[],"share":1,"max":1000000}'),
  ...{ log: () => undefined, onSettled: () => undefined },
})
await until('nothing is queued', async () => (await store.audit()).queued === 0)
await delivery.stop()
await store.close()
