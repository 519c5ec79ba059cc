import { afterAll, beforeAll, expect, it } from 'vitest'
import { planDerivations } from '../../src/outbox/derive.ts'
import type { NewEvent } from '../../src/outbox/event.ts'
import type { Store } from '../../src/outbox/store.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { events } from '../stage/events.ts'
import { runPostgres } from '../stage/run-postgres.ts'
import type { RunningPostgres } from '../stage/run-postgres.ts'
import { runStandby } from '../stage/run-standby.ts'
import type { Standby } from '../stage/run-standby.ts'
import { until } from '../stage/until.ts'
import { anEvent, isExact, NOW } from './behaviour/store-stage.ts'

const SENDERS = 4
const NEW_ACCOUNT = 77
const UNAVAILABLE = { code: 'OUTBOX_UNAVAILABLE', retryAfterSeconds: 5 }

let primary: RunningPostgres
let standby: Standby
let store: Store
let another: Store

beforeAll(async () => {
  primary = await runPostgres(['wal_keep_size=64MB'])
  standby = await runStandby(primary)
  // The standby stands first: it answers, and is passed over.
  const url = primary.url.replace(`127.0.0.1:${primary.port}`, `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`)
  store = await openPostgresStore(url, planDerivations(events))
  another = await openPostgresStore(url, planDerivations(events))
}, 60_000)
afterAll(async () => {
  await store.close()
  await another.close()
  await standby.stop()
  // What stops a server and removes its folder waits for one that runs.
  await primary.start()
  await primary.stop()
}, 60_000)

const isThere = () => store.checkWritable(NOW).then(() => true, () => false)

it('a commit that the synchronous standby has not got is refused, however long one waits; with the standby, all goes on', async () => {
  expect(await store.enqueue([anEvent({ messageId: 'before' })])).toEqual(['queued'])
  await standby.kill()
  await expect(store.enqueue([anEvent()])).rejects.toMatchObject(UNAVAILABLE)
  await standby.start()
  await until('the store is back', isThere)
  // Refused, and it may have been stored: nobody is told "queued" who was told nothing before.
  expect(['queued', 'duplicate']).toContain((await store.enqueue([anEvent()]))[0])
})

it('the primary dies under load and its standby takes over: everything that was answered is there, and all goes on by itself', async () => {
  const heard: number[] = []
  store.onDue?.((account) => heard.push(account))
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
  await primary.kill()
  const before = answered.length
  await standby.promote()
  await until('others are answered', () => answered.length > before + 100)
  isDone = true
  await sending
  process.stdout.write(`failover: ${answered.length} events answered, ${before} of them before; ${refused} refused meanwhile\n`)
  expect(new Set(await store.enqueue(answered))).toEqual(new Set(['duplicate']))
  expect(isExact(await store.audit())).toBe(true)
  let later = 0
  const tell = () => another.enqueue([anEvent({ account: NEW_ACCOUNT, messageId: `later-${later++}` })])
  await until('it listens to the new primary', () => tell().then(() => heard.includes(NEW_ACCOUNT), () => false))
})
