import { inspect } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { planDerivations } from '../../src/outbox/derive.ts'
import type { NewEvent } from '../../src/outbox/event.ts'
import type { Store } from '../../src/outbox/store.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { events } from '../stage/events.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { until } from '../stage/until.ts'
import { ACCOUNT, aGrant, anEvent, isExact, NOW, severalEvents } from './behaviour/store-stage.ts'
import { postgresStores } from './open-postgres.ts'

const PLANS = planDerivations(events)
const UNAVAILABLE = { code: 'OUTBOX_UNAVAILABLE', retryAfterSeconds: 5 }

const { url, control } = await startPostgres()
const { open, query, holdLock, isWaitingForLock, cut, newSchema } = postgresStores(url)

/** Every method, and how it is called. */
const CALLS: { [Name in Exclude<keyof Store, 'close' | 'onDue' | 'onClock'>]: (store: Store) => Promise<unknown> } = {
  enqueue: (store) => store.enqueue([anEvent({ messageId: 'meanwhile' })]),
  countRejected: (store) => store.countRejected({ account: ACCOUNT, site: 'main', rejected: 1 }),
  leaseAccounts: (store) => store.leaseAccounts({ owner: 'node', now: NOW, leaseMs: 1, limit: 1 }),
  renewLease: (store) => store.renewLease(LEASE, NOW),
  claimDue: (store) => store.claimDue(LEASE, { target: 'timeline-v3', now: NOW, limit: 1 }),
  settle: (store) => store.settle(LEASE, { rows: [], now: NOW }),
  releaseLease: (store) => store.releaseLease(LEASE),
  nextDueAt: (store) => store.nextDueAt(NOW),
  claimUnidentified: (store) => store.claimUnidentified({ now: NOW, firstMs: 1_000, maxMs: 1_000, limit: 1 }),
  identify: (store) => store.identify({ account: ACCOUNT, site: 'main', subject: 'ada', email: 'ada@example.com', saidAt: NOW, now: NOW }),
  findIdentity: (store) => store.findIdentity({ account: ACCOUNT, site: 'main', subject: 'ada' }),
  giveUpUnidentified: (store) => store.giveUpUnidentified({ receivedBefore: NOW, now: NOW, limit: 100 }),
  findEvent: (store) => store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' }),
  audit: (store) => store.audit(),
  auditBySite: (store) => store.auditBySite(),
  countRows: (store) => store.countRows(),
  listRows: (store) => store.listRows({ state: 'dead', limit: 1 }),
  findRows: (store) => store.findRows({ messageId: 'm1' }),
  retryRows: (store) => store.retryRows([{ account: ACCOUNT, seq: 1 }], NOW),
  discardRows: (store) => store.discardRows([{ account: ACCOUNT, seq: 0 }]),
  findSubjects: (store) => store.findSubjects({ site: 'main', email: 'ada@example.com' }),
  readRemembered: (store) => store.readRemembered({ site: 'main', subject: 'ada' }),
  forgetPerson: (store) => store.forgetPerson({ site: 'main', subject: 'ada' }),
  forgetContactWrites: (store) => store.forgetContactWrites({ account: ACCOUNT, contacts: ['ada'] }),
  accountStates: (store) => store.accountStates(),
  size: (store) => store.size(),
  oldestWaiting: (store) => store.oldestWaiting(),
  readGrant: (store) => store.readGrant(ACCOUNT),
  saveGrant: (store) => store.saveGrant(aGrant()),
  claimRenewal: (store) => store.claimRenewal({ account: ACCOUNT, version: 1, now: NOW, until: NOW }),
  releaseRenewal: (store) => store.releaseRenewal({ account: ACCOUNT, version: 1, until: NOW }),
  listSealed: (store) => store.listSealed({ now: NOW, limit: 1 }),
  replaceSealed: (store) => store.replaceSealed({ kind: 'grant', id: '1', version: 1, sealed: 'k1:' }, 'k2:'),
  readConnection: (store) => store.readConnection('main'),
  saveConnection: (store) => store.saveConnection({ site: 'main', account: ACCOUNT }),
  addTicket: (store) => store.addTicket({ kind: 'install-link', digest: 'd', site: 'main', expiresAt: NOW }),
  takeTicket: (store) => store.takeTicket({ kind: 'install-link', digest: 'd', now: NOW }),
  forgetOld: (store) => store.forgetOld({ now: NOW, deliveredBefore: 0, deadBefore: 0, identifiedBefore: 0, limit: 1 }),
  readKeySet: (store) => store.readKeySet('keys'),
  writeKeySet: (store) => store.writeKeySet({ name: 'keys', text: '{}', now: NOW }),
  deny: (store) => store.deny({ kind: 'sub', value: 'eve', site: '', issuer: '' }),
  readDenials: (store) => store.readDenials({ after: 0, limit: 1 }),
  findPayloads: (store) => store.findPayloads({ account: ACCOUNT, site: 'main', messageId: 'm1' }),
  readSigningKeys: (store) => store.readSigningKeys(),
  addSigningKey: (store) => store.addSigningKey({ kid: 'k', sealed: 's', published: '{}', addedAt: NOW }, undefined),
  readContactWrites: (store) => store.readContactWrites({ account: ACCOUNT, contacts: ['c'] }),
  noteContactWrites: (store) => store.noteContactWrites({ account: ACCOUNT, writes: [{ contact: 'c', name: 'n', rank: 1, seq: 1 }] }),
  checkWritable: (store) => store.checkWritable(NOW),
}
const LEASE = { account: ACCOUNT, owner: 'node', epoch: 1, until: NOW }

const SURVIVES = 'what was answered is there after the server was killed; meanwhile everything is OUTBOX_UNAVAILABLE, then all goes on'

it.skipIf(!control)(SURVIVES, async () => {
  const { store } = await open(PLANS)
  const heard: number[] = []
  store.onDue?.((account) => heard.push(account))
  const answered: NewEvent[] = []
  let isKilled = false
  const sending = Promise.all([0, 1, 2, 3].map(async (sender) => {
    for (let index = 0; !isKilled; index++) {
      const event = anEvent({ subject: `p${sender}`, messageId: `m${sender}-${index}` })
      if (await store.enqueue([event]).catch(() => undefined)) answered.push(event)
    }
  }))
  await until('some were answered', () => answered.length > 100)
  await control?.kill()
  isKilled = true
  await sending
  for (const [name, call] of Object.entries(CALLS)) await expect(call(store), name).rejects.toMatchObject(UNAVAILABLE)
  const away = { ...UNAVAILABLE, message: expect.stringMatching(/cannot be opened: .*ECONNREFUSED/) }
  await expect(openPostgresStore(url, {})).rejects.toMatchObject(away)

  await control?.start()
  await until('the store is back', () => store.checkWritable(NOW).then(() => true, () => false))
  for (const [name, call] of Object.entries(CALLS)) await expect(call(store), name).resolves.not.toThrow()
  expect(new Set((await store.enqueue(answered)))).toEqual(new Set(['duplicate']))
  expect(isExact(await store.audit())).toBe(true)
})

it('a connection that is cut in the middle of a commit refuses the calls that it carried; sent again, they are stored once', async () => {
  const { store, schema } = await open(PLANS)
  await store.enqueue([anEvent({ messageId: 'before' })])
  const release = await holdLock(`select 1 from ${schema}.moments for update`)
  const carried = severalEvents(3).map((event) => store.enqueue([event]))
  const refused = Promise.all(carried.map((call) => expect(call).rejects.toMatchObject(UNAVAILABLE)))
  await until('they wait in their transaction', () => isWaitingForLock(schema))
  await cut(schema, "wait_event_type = 'Lock'")
  await refused
  await release()
  expect(await store.enqueue(severalEvents(3))).toEqual(['queued', 'queued', 'queued'])
  const { rows } = await query(`select properties::json->>'logins' as logins from ${schema}.outbox order by seq`)
  expect(rows.map((row) => row.logins)).toEqual(['1', '2', '3', '4'])
})

it('connections that are cut while nobody uses them are replaced, and end no process', async () => {
  const { store, schema } = await open()
  await Promise.all([store.audit(), store.nextDueAt(NOW), store.readGrant(ACCOUNT)])
  await cut(schema)
  await until('the store has noticed', () => store.audit().then(() => true, () => false))
  expect(await store.enqueue([anEvent()])).toEqual(['queued'])
})

it('whoever waits too long for a lock is refused, and keeps nobody else waiting', async () => {
  const { store, schema } = await open(PLANS)
  await store.enqueue([anEvent()])
  const release = await holdLock(`select 1 from ${schema}.moments for update`)
  const tooLong = { ...UNAVAILABLE, cause: expect.stringMatching(/lock timeout/) }
  const waiting = expect(store.enqueue([anEvent({ messageId: 'm2' })])).rejects.toMatchObject(tooLong)
  await until('it waits', () => isWaitingForLock(schema))
  expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' }).then((found) => found.length)).toBe(1)
  await waiting
  await release()
  expect(await store.enqueue([anEvent({ messageId: 'm2' })])).toEqual(['queued'])
})

it('a search that takes longer than any other statement may is answered', async () => {
  const { schema, url } = newSchema()
  const store = await openPostgresStore(`${url}&statement_timeout=100`, {})
  onTestFinished(store.close)
  await store.enqueue([anEvent()])
  await query(`alter table ${schema}.outbox rename to kept`)
  await query(`create view ${schema}.outbox as select * from ${schema}.kept, (select pg_sleep(4)::text as slept) as late`)
  const [found, counted] = await Promise.all([store.findRows({ eventId: anEvent().eventId }), store.countRows()])
  expect(found).toMatchObject([{ messageId: 'm1' }])
  expect(counted.get('main')).toMatchObject({ queued: 1 })
})

it('a table that refuses one value refuses the call that brought it, not those that shared its commit', async () => {
  const { store, schema } = await open()
  await query(`alter table ${schema}.outbox add constraint no_poison check (message_id <> 'poison')`)
  const calls = ['a', 'poison', 'b'].map((messageId) => store.enqueue([anEvent({ messageId })]))
  const [a, poison, b] = await Promise.allSettled(calls)
  for (const other of [a, b]) expect(other).toEqual({ status: 'fulfilled', value: ['queued'] })
  expect(poison).toMatchObject({ status: 'rejected', reason: UNAVAILABLE })
  expect(await store.audit()).toMatchObject({ received: 2, queued: 2 })
})

it('a commit that a database would answer before it is on disk waits for the disk all the same', async () => {
  const { schema } = newSchema()
  await query("alter role current_user set synchronous_commit = 'off'")
  onTestFinished(async () => void (await query('alter role current_user reset synchronous_commit')))
  const store = await openPostgresStore(url, {}, { schema })
  onTestFinished(store.close)
  await query(`create function ${schema}.note() returns trigger language plpgsql as $$
    begin new.detail = current_setting('synchronous_commit'); return new; end $$`)
  await query(`create trigger note before insert on ${schema}.outbox for each row execute function ${schema}.note()`)
  await store.enqueue([anEvent()])
  expect((await query(`select detail from ${schema}.outbox`)).rows).toEqual([{ detail: 'on' }])
})

it('a refusal tells neither the password nor what an event held', async () => {
  const wrong = new URL(url)
  wrong.password = 'hunter2'
  wrong.pathname = 'no_such_database'
  const refusal = await openPostgresStore(wrong.href, {}).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ ...UNAVAILABLE, message: expect.stringMatching(/authentication failed|does not exist/) })
  expect(inspect(refusal, { depth: 9 })).not.toContain('hunter2')

  const { store, schema } = await open()
  await query(`alter table ${schema}.outbox add constraint nobody check (email is null)`)
  const refused = await store.enqueue([anEvent()]).catch((error: unknown) => error)
  expect(refused).toMatchObject(UNAVAILABLE)
  expect(inspect(refused, { depth: 9 })).not.toContain('ada@example.com')
})
