import { expect, it, onTestFinished } from 'vitest'
import { planDerivations } from '../../src/outbox/derive.ts'
import type { NewEvent } from '../../src/outbox/event.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { events } from '../stage/events.ts'
import { openFreezingProxy } from '../stage/freezing-proxy.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { until } from '../stage/until.ts'
import { anEvent, isExact, NOW } from './behaviour/store-stage.ts'
import { postgresStores } from './open-postgres.ts'

const UNAVAILABLE = { code: 'OUTBOX_UNAVAILABLE', retryAfterSeconds: 5 }
const SENDERS = 6

const { newSchema } = postgresStores((await startPostgres()).url)

it('connections that lead nowhere, and say nothing, are given up: calls are refused in seconds, and with the network all goes on', async () => {
  const { url } = newSchema()
  const network = await openFreezingProxy(Number(new URL(url).port))
  const store = await openPostgresStore(throughPort(url, network.port), planDerivations(events))
  onTestFinished(async () => {
    await store.close()
    await network.close()
  })
  const answered: NewEvent[] = []
  let refused = 0
  let isDone = false
  const sending = Promise.all(Array.from({ length: SENDERS }, async (_, sender) => {
    for (let index = 0; !isDone; index++) {
      const event = anEvent({ subject: `p${sender}`, messageId: `m${sender}-${index}` })
      if (await store.enqueue([event]).catch(() => undefined)) answered.push(event)
      else refused += 1
    }
  }))
  await until('some were answered', () => answered.length > 100)
  network.freeze()
  await expect(store.checkWritable(NOW)).rejects.toMatchObject(UNAVAILABLE)
  await until('the senders are refused', () => refused >= SENDERS)
  network.thaw()
  const before = answered.length
  await until('others are answered', () => answered.length > before + 100)
  isDone = true
  await sending
  process.stdout.write(`half-open: ${answered.length} events answered, ${before} of them before; ${refused} refused meanwhile\n`)
  expect(new Set(await store.enqueue(answered))).toEqual(new Set(['duplicate']))
  expect(isExact(await store.audit())).toBe(true)
}, 60_000)

function throughPort(url: string, port: number): string {
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href
}
