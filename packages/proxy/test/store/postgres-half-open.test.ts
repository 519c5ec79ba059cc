import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
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

const { newSchema, isListening } = postgresStores((await startPostgres()).url)

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

it('a store whose network has gone is closed within seconds, and leaves no connection behind', async () => {
  const { schema, url } = newSchema()
  const network = await openFreezingProxy(Number(new URL(url).port))
  onTestFinished(network.close)
  const opened: Socket[] = []
  const onSocket = (message: unknown) => void opened.push(Reflect.get(Object(message), 'socket'))
  subscribe('net.client.socket', onSocket)
  onTestFinished(() => void unsubscribe('net.client.socket', onSocket))
  const connections = () => opened.filter(({ remotePort, destroyed }) => remotePort === network.port && !destroyed).length
  const store = await openPostgresStore(throughPort(url, network.port), {})
  store.onDue?.(() => undefined)
  await until('it listens', () => isListening(schema, 1))
  expect(connections()).toBe(2)
  network.freeze()
  await expect(Promise.race([store.close(), setTimeout(10_000, 'still open')])).resolves.toBeUndefined()
  await until('no connection is left', () => connections() === 0)
})

it('a server that takes a connection and then says nothing keeps nobody who starts waiting', async () => {
  const network = await openFreezingProxy(Number(new URL(newSchema().url).port))
  onTestFinished(network.close)
  network.freezeWhenSent('begin isolation level')
  const opening = openPostgresStore(throughPort(newSchema().url, network.port), {})
  await expect(Promise.race([opening, setTimeout(20_000, 'still opening')])).rejects.toMatchObject(UNAVAILABLE)
})

function throughPort(url: string, port: number): string {
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href
}
