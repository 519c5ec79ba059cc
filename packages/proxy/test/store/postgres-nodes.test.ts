import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { planDerivations } from '../../src/outbox/derive.ts'
import type { Store } from '../../src/outbox/store.ts'
import { openDatabase } from '../../src/store/postgres/database.ts'
import { readPostgresUrl } from '../../src/store/postgres/read-url.ts'
import { events } from '../stage/events.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { until } from '../stage/until.ts'
import { ACCOUNT, anEvent, claim, connect, isExact, lease, LEASE_MS, NOTHING, NOW } from './behaviour/store-stage.ts'
import { severalEvents, storeAndClaim } from './behaviour/store-stage.ts'
import { postgresStores } from './open-postgres.ts'

const PLANS = planDerivations(events)
const AFTER = NOW + LEASE_MS
const LOGINS = 200

const { open, query, holdLock, isWaitingForLock, isIdleInTransaction, isListening, cut } = postgresStores((await startPostgres()).url)

async function twoNodes(plans = {}) {
  const { store: one, openNode, schema } = await open(plans)
  return { one, two: await openNode(), schema }
}

it('of two nodes that ask at the same moment, each account is leased to one', async () => {
  const { one, two } = await twoNodes()
  const accounts = Array.from({ length: 20 }, (_, index) => index + 1)
  for (const account of accounts) await connect(one, account)
  await one.enqueue(accounts.map((account) => anEvent({ account })))
  const ask = (store: Store, owner: string) => store.leaseAccounts({ owner, now: NOW, leaseMs: LEASE_MS, limit: 20 })
  const leases = (await Promise.all([ask(one, 'one'), ask(two, 'two'), ask(one, 'one'), ask(two, 'two')])).flat()
  // An account that another node is leasing at this moment is passed over, not waited for: what is left is there for the next to ask.
  const rest = await ask(two, 'two')
  expect([...leases, ...rest].map(({ account }) => account).sort((a, b) => a - b)).toEqual(accounts)
})

it('a dead node\'s account and rows go to the other node when its lease has run out, and what it writes then changes nothing', async () => {
  const { one, two } = await twoNodes()
  const { held: stale, rows } = await storeAndClaim(one, severalEvents(3))
  expect(await two.leaseAccounts({ owner: 'two', now: AFTER - 1, leaseMs: LEASE_MS, limit: 1 })).toEqual([])
  const held = await lease(two, { owner: 'two', now: AFTER })
  expect(held.epoch).toBe(stale.epoch + 1)
  const delivered = rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' as const } }))
  const settled = { rows: delivered, pause: { until: AFTER * 2, failures: 3 }, now: AFTER }
  expect(await one.settle(stale, settled)).toBe(false)
  expect(await one.claimDue(stale, { target: 'timeline-v3', now: AFTER, limit: 9 })).toBeUndefined()
  expect(await one.renewLease(stale, AFTER * 2)).toBe(false)
  await one.releaseLease(stale)
  const claimed = await claim(two, held, { now: AFTER })
  expect(claimed.map(({ messageId, attempt }) => [messageId, attempt])).toEqual([['m1', 2], ['m2', 2], ['m3', 2]])
  expect(await two.settle(held, { ...settled, pause: { until: 0, failures: 0 } })).toBe(true)
  expect(await one.audit()).toEqual({ ...NOTHING, received: 3, delivered: 3 })
})

it('after a failover that lost the last lease, its epoch is given once more: the owner before changes nothing of the new one', async () => {
  const { one, two, schema } = await twoNodes()
  await connect(one)
  await one.enqueue(severalEvents(3))
  const stale = await lease(one, { owner: 'one' })
  // What a standby has that lacks the last transaction.
  await query(`update ${schema}.accounts set epoch = epoch - 1, lease_until = 0, lease_owner = null`)
  const held = await lease(two, { owner: 'two' })
  expect(held.epoch).toBe(stale.epoch)
  const rows = await claim(two, held, { limit: 2 })
  const delivered = rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' as const } }))
  const settled = { rows: delivered, pause: { until: AFTER * 2, failures: 3 }, now: NOW }
  expect(await one.claimDue(stale, { target: 'timeline-v3', now: NOW, limit: 9 })).toBeUndefined()
  expect(await one.settle(stale, settled)).toBe(false)
  expect(await one.renewLease(stale, AFTER * 2)).toBe(false)
  await one.releaseLease(stale)
  expect(await one.accountStates()).toMatchObject([{ leasedUntil: AFTER, pausedUntil: 0, failures: 0 }])
  expect(await two.settle(held, { ...settled, pause: { until: 0, failures: 0 } })).toBe(true)
  expect(await one.audit()).toEqual({ ...NOTHING, received: 3, delivered: 2, queued: 1 })
})

it('while an owner settles, its account is not leased to another, even if its lease has run out', async () => {
  const { one, two, schema } = await twoNodes()
  const { held, rows } = await storeAndClaim(one, severalEvents(1))
  // Somebody looks at the row for long: the settle waits in the middle, with the account in its hands.
  const release = await holdLock(`select 1 from ${schema}.outbox for update`)
  const delivered = rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' as const } }))
  const settling = one.settle(held, { rows: delivered, now: AFTER })
  await until('the settle waits', () => isWaitingForLock(schema))
  expect(await two.leaseAccounts({ owner: 'two', now: AFTER, leaseMs: LEASE_MS, limit: 1 })).toEqual([])
  await release()
  expect(await settling).toBe(true)
})

it('the same events sent to two nodes at once are stored once: for each, one node says queued and the other duplicate', async () => {
  const { one, two } = await twoNodes(PLANS)
  const sent = severalEvents(40).map((event, index) => ({ ...event, person: { subject: `p${index % 7}`, email: 'p@example.com' } }))
  const send = (store: Store, inOrder: typeof sent) =>
    Promise.all(inOrder.map(async (event) => [event.messageId, (await store.enqueue([event]))[0]] as const))
  const answers = await Promise.all([send(one, sent), send(two, sent.toReversed())])
  for (const { messageId } of sent) {
    const [first, second] = answers.map((each) => each.find(([id]) => id === messageId)?.[1])
    expect([first, second].sort()).toEqual(['duplicate', 'queued'])
  }
  expect(await one.audit()).toEqual({ ...NOTHING, received: 80, duplicate: 40, queued: 40 })
})

it('two nodes that store the same events in opposite orders do not block each other for good', async () => {
  const { one, two } = await twoNodes()
  for (let round = 0; round < 10; round++) {
    const sent = severalEvents(30, { account: round + 1 })
    const [first, second] = await Promise.all([one.enqueue(sent), two.enqueue(sent.toReversed())])
    expect([...first, ...second].filter((answer) => answer === 'queued')).toHaveLength(30)
  }
  expect(isExact(await two.audit())).toBe(true)
})

it('logins of one person that two nodes store at the same time are counted one by one: no number twice, none left out', async () => {
  const { one, two } = await twoNodes(PLANS)
  await connect(one)
  const logins = severalEvents(LOGINS).map((event, index) => ({ ...event, occurredAt: NOW + index }))
  // Each node has a few that send one login after the other: many commits, on both sides at once.
  const unsent = logins.values()
  const sendAll = async (store: Store) => {
    for (const event of unsent) expect(await store.enqueue([event])).toEqual(['queued'])
  }
  await Promise.all([one, two, one, two, one, two].map(sendAll))
  const rows = await claim(one, await lease(one), { limit: LOGINS })
  const counts = rows.map((row) => Number(row.properties.logins)).sort((a, b) => a - b)
  expect(counts).toEqual(Array.from({ length: LOGINS }, (_, index) => index + 1))
  const [latest] = rows.filter((row) => row.properties.logins === LOGINS)
  expect(Number(latest?.properties.firstLogin)).toBe(NOW)
})

it('a node that stands still with a moment in its hands makes nobody else wait too long: the others store their events meanwhile', async () => {
  const { store, url, schema } = await open(PLANS)
  await store.enqueue([anEvent()])
  const stalled = await openDatabase(readPostgresUrl(url))
  onTestFinished(stalled.close)
  const { promise: standsStill, resolve: goOn } = Promise.withResolvers<void>()
  const late = stalled.transaction(async ({ run, commit }) => {
    await run({ text: `select 1 from ${schema}.moments for update` })
    await standsStill
    return commit()
  })
  await until('it has the moment', () => isIdleInTransaction(schema))
  const sent = [anEvent({ messageId: 'm2' }), anEvent({ messageId: 'm2', account: 99, subject: 'grace' })].map((event) => store.enqueue([event]))
  expect(await Promise.all(sent)).toEqual([['queued'], ['queued']])
  goOn()
  await expect(late).rejects.toThrow(/idle-in-transaction timeout|Connection terminated|not queryable/)
})

it('an event that follows an answered one finds it remembered, whichever node stores it', async () => {
  const { one, two } = await twoNodes(PLANS)
  await connect(one)
  await one.enqueue([anEvent({ name: 'transaction_initiated', messageId: 'a', properties: { transactionId: 't' } })])
  await two.enqueue([anEvent({ name: 'transaction_completed', messageId: 'b', properties: { transactionId: 't' }, occurredAt: NOW + 70 })])
  const rows = await claim(two, await lease(two))
  expect(rows[1]?.properties).toEqual({ transactionId: 't', tookMs: 70 })
})

it('an event stored or identified on one node is told to the listeners of the others, and not to its own', async () => {
  const { one, two, schema } = await twoNodes()
  const heard: Record<string, number[]> = { one: [], two: [] }
  one.onDue?.((account) => heard.one?.push(account))
  two.onDue?.((account) => heard.two?.push(account))
  await until('both listen', () => isListening(schema, 2))
  await Promise.all([one.enqueue([anEvent({ account: 11 }), anEvent({ account: 12 }), anEvent({ account: 11, messageId: 'm2' })]), one.enqueue([anEvent({ account: 12, messageId: 'm2' })])])
  await until('two has heard', () => heard.two?.length === 2)
  await two.enqueue([anEvent({ account: 13, email: undefined })])
  await two.identify({ account: 13, site: 'main', subject: 'ada', email: 'ada@example.com', saidAt: NOW, now: NOW })
  await until('one has heard', () => heard.one?.length === 1)
  // In the order of commits: had anything else been told, it would be here by now.
  await one.enqueue([anEvent({ account: 14 })])
  await until('two has heard the last', () => heard.two?.includes(14))
  expect({ one: heard.one, two: heard.two?.toSorted() }).toEqual({ one: [13], two: [11, 12, 14] })
})

it.each([
  ['at once', () => undefined],
  ['while it tells them', () => setImmediate()],
])('a node that stores an event and closes %s has told the others', async (_, wait) => {
  const { one, two, schema } = await twoNodes()
  const heard: number[] = []
  two.onDue?.((account) => heard.push(account))
  await until('it listens', () => isListening(schema, 1))
  await one.enqueue([anEvent()])
  await wait()
  await one.close()
  await until('the other has heard', () => heard.length > 0)
})

it('duplicates, and events without an email, wake nobody', async () => {
  const { one, two, schema } = await twoNodes()
  await one.enqueue([anEvent()])
  const heard: number[] = []
  two.onDue?.((account) => heard.push(account))
  await until('it listens', () => isListening(schema, 1))
  await one.enqueue([anEvent(), anEvent({ messageId: 'm2', email: undefined })])
  await one.identify({ account: ACCOUNT, site: 'main', subject: 'nobody', email: 'nobody@example.com', saidAt: NOW, now: NOW })
  await one.enqueue([anEvent({ account: 99 })])
  await until('the last was heard', () => heard.includes(99))
  expect(heard).toEqual([99])
})

it('a listening connection that is cut is opened again', async () => {
  const { one, two, schema } = await twoNodes()
  const heard: number[] = []
  two.onDue?.((account) => heard.push(account))
  await until('it listens', () => isListening(schema, 1))
  await cut(schema, "query like 'listen %'")
  await until('it is gone', async () => !(await isListening(schema, 1)))
  await until('it listens again', () => isListening(schema, 1))
  await one.enqueue([anEvent()])
  await until('it has heard', () => heard.length > 0)
  expect(heard).toEqual([ACCOUNT])
})
