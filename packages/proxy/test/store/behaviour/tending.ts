import { expect, it } from 'vitest'
import type { RowState, StoredRow } from '../../../src/outbox/event.ts'
import type { Store } from '../../../src/outbox/store.ts'
import { ACCOUNT, anEvent, claim, connect, DAY, lease, LEASE_MS, NOTHING, NOW, SECOND, severalEvents, storeAndClaim } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const DEAD = { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: 'no such contact' } as const
const LATER = NOW + 100 * SECOND

/** What an operator does by hand: looks at rows, has dead ones tried again, takes some away. */
export function tending(open: OpenStore): void {
  it('rows of each state are listed page by page, in one order, each once', async () => {
    const { store } = await open()
    await storeInEachState(store)
    for (const state of ['dead', 'due', 'needs_identity', 'delivered'] as const) {
      const rows = await allRows(store, state)
      expect(rows.map((row) => row.state), state).toEqual([state, state, state])
      expect(new Set(rows.map(({ seq }) => seq)).size).toBe(3)
    }
  })

  it('a listed row tells whose it is, where it stands and what HubSpot said', async () => {
    const { store } = await open()
    await storeInEachState(store)
    expect((await allRows(store, 'dead'))[0]).toEqual({
      ...{ seq: expect.any(Number), account: ACCOUNT, site: 'main', target: 'timeline-v3', event: 'login', messageId: 'dead1', eventId: '62515 main ada dead1' },
      ...{ person: { subject: 'ada', email: 'ada@example.com' }, state: 'dead', attempts: 1, occurredAt: NOW, receivedAt: NOW, settledAt: NOW },
      ...{ code: 'HUBSPOT_REJECTED_EVENT', detail: 'no such contact', isClaimed: false },
    })
  })

  it("rows are found by their messageId on every site and account, and by HubSpot's event id", async () => {
    const { store } = await open()
    await store.enqueue([anEvent(), anEvent({ site: 'shop' }), anEvent({ account: 7 }), anEvent({ messageId: 'm2' })])
    const places = (rows: StoredRow[]) => rows.map(({ account, site, messageId }) => `${account} ${site} ${messageId}`).sort()
    expect(places(await store.findRows({ messageId: 'm1' }))).toEqual(['62515 main m1', '62515 shop m1', '7 main m1'])
    expect(places(await store.findRows({ eventId: '7 main ada m1' }))).toEqual(['7 main m1'])
    expect(await store.findRows({ messageId: 'm3' })).toEqual([])
    expect(await store.findRows({ eventId: 'm1' })).toEqual([])
  })

  it('a dead letter that is tried again is sent under its event id, its attempts counted from one', async () => {
    const { store } = await open()
    await storeInEachState(store)
    const [dead] = await allRows(store, 'dead')
    if (!dead) throw new Error('three were made dead')
    expect(await store.retryRows([dead], LATER)).toBe(1)
    const rows = await claim(store, await lease(store, { now: LATER }), { now: LATER })
    const again = rows.find(({ seq }) => seq === dead.seq)
    expect(again).toMatchObject({ eventId: dead.eventId, attempt: 1, retriedAt: LATER, receivedAt: NOW })
    expect(await store.audit()).toMatchObject({ dead: 2, queued: 4 })
  })

  it('only what is dead is tried again; what was named twice, or is gone, changes nothing', async () => {
    const { store } = await open()
    await storeInEachState(store)
    const [dead] = await allRows(store, 'dead')
    const others = [...(await allRows(store, 'due')), ...(await allRows(store, 'delivered')), ...(await allRows(store, 'needs_identity'))]
    if (!dead) throw new Error('three were made dead')
    expect(await store.retryRows([dead, ...others, { account: ACCOUNT, seq: 0 }, { account: 7, seq: dead.seq }], LATER)).toBe(1)
    expect(await store.retryRows([dead], LATER)).toBe(0)
  })

  it('one that died for want of an email waits for it once more, and is not given up for its age at once', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ email: undefined })])
    await store.giveUpUnidentified({ receivedBefore: LATER, now: LATER, limit: 100 })
    await store.retryRows(await allRows(store, 'dead'), LATER)
    expect(await store.giveUpUnidentified({ receivedBefore: LATER, now: LATER, limit: 100 })).toBe(0)
    expect(await store.audit()).toMatchObject({ dead: 0, needsIdentity: 1 })
    expect(await store.giveUpUnidentified({ receivedBefore: LATER + 1, now: LATER, limit: 100 })).toBe(1)
  })

  it("one whose record's number is known waits for no email when it is tried again", async () => {
    const { store } = await open()
    const { email: _, ...nobody } = anEvent().person
    const { held, rows } = await storeAndClaim(store, [{ ...anEvent(), person: nobody, placement: { objectId: '9001' } }])
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: DEAD })), now: NOW })
    expect(await store.retryRows(await allRows(store, 'dead'), LATER)).toBe(1)
    expect(await claim(store, await lease(store, { now: LATER }), { now: LATER })).toMatchObject([{ placement: { objectId: '9001' } }])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 1, queued: 1 })
  })

  const labels = ['a\0b', 'half \ud83d', '"objectId":"9001"', ',"objectId":', '\\","objectId":"9001']
  it.each(labels)('whatever the label of a placement says (%j), it is tried again with the others', async (linkLabel) => {
    const { store } = await open()
    const { email: _, ...nobody } = anEvent().person
    const timelineIFrame = { linkLabel, headerLabel: linkLabel, url: 'https://app.example.com/', width: 1, height: 1 }
    const ofRecord = { ...anEvent({ messageId: 'record' }), person: nobody, placement: { objectId: '9001', timelineIFrame } }
    const { held, rows } = await storeAndClaim(store, [ofRecord, anEvent({ messageId: 'other' })])
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: DEAD })), now: NOW })
    await store.enqueue([{ ...anEvent({ messageId: 'nobody' }), person: nobody, placement: { timelineIFrame } }])
    await store.giveUpUnidentified({ receivedBefore: LATER, now: LATER, limit: 100 })
    expect(await store.retryRows(await allRows(store, 'dead'), LATER)).toBe(3)
    expect((await allRows(store, 'due')).map(({ messageId }) => messageId).sort()).toEqual(['other', 'record'])
    expect((await allRows(store, 'needs_identity')).map(({ messageId }) => messageId)).toEqual(['nobody'])
  })

  it('what is discarded is gone and stays counted as dead', async () => {
    const { store } = await open()
    await storeInEachState(store)
    for (const state of ['dead', 'due', 'needs_identity'] as const) expect(await store.discardRows((await allRows(store, state)).slice(0, 2))).toBe(2)
    expect(await store.audit()).toEqual({ ...NOTHING, received: 12, dead: 7, queued: 1, needsIdentity: 1, delivered: 3 })
    expect(await store.auditBySite()).toMatchObject([{ stored: { dead: 1, queued: 1, needsIdentity: 1, delivered: 3 } }])
    expect((await store.countRows()).get('main')).toEqual({ dead: 1, queued: 1, needsIdentity: 1, delivered: 3 })
    expect(await store.discardRows(await allRows(store, 'delivered'))).toBe(0)
  })

  it('what is being sent is not taken away; once somebody else has the lease, it may be, and the late writer changes nothing', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, severalEvents(2))
    expect((await allRows(store, 'due')).map(({ isClaimed }) => isClaimed)).toEqual([true, true])
    expect(await store.discardRows(rows)).toBe(0)
    const after = NOW + LEASE_MS + 1
    await lease(store, { now: after })
    expect((await allRows(store, 'due')).map(({ isClaimed }) => isClaimed)).toEqual([false, false])
    expect(await store.discardRows(rows.slice(0, 1))).toBe(1)
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' } })), now: after })
    expect(await store.audit()).toEqual({ ...NOTHING, received: 2, dead: 1, queued: 1 })
  })

  it('dead letters leave the table once they are old enough, and stay counted', async () => {
    const { store } = await open()
    await storeInEachState(store)
    const forget = (deadBefore: number) => store.forgetOld({ now: NOW, deliveredBefore: 0, deadBefore, identifiedBefore: 0, limit: 2 })
    expect([await forget(NOW), await forget(NOW + 1), await forget(NOW + 1), await forget(NOW + 1)]).toEqual([0, 2, 1, 0])
    expect(await store.audit()).toMatchObject({ dead: 3, queued: 3, delivered: 3 })
    expect(await allRows(store, 'dead')).toEqual([])
  })

  it('an account tells its lease, its pause and its connection', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ account: 7 })])
    const { held } = await storeAndClaim(store, [anEvent()])
    await store.settle(held, { rows: [], pause: { until: NOW + 5, failures: 2 }, now: NOW })
    expect(await store.accountStates()).toEqual([
      { account: 7, leasedUntil: 0, pausedUntil: 0, failures: 0 },
      { account: ACCOUNT, leasedUntil: NOW + LEASE_MS, pausedUntil: NOW + 5, failures: 2, grant: { state: 'connected', expiresAt: NOW + DAY } },
    ])
  })
}

/** Three rows in each state. */
async function storeInEachState(store: Store): Promise<void> {
  const three = (name: string) => [1, 2, 3].map((index) => ({ messageId: `${name}${index}` }))
  const finished = [...three('dead'), ...three('delivered')].map((message) => anEvent(message))
  const { held, rows } = await storeAndClaim(store, finished)
  const settled = rows.map(({ seq, messageId }) => ({ seq, outcome: messageId.startsWith('dead') ? DEAD : ({ kind: 'delivered' } as const) }))
  await store.settle(held, { rows: settled, now: NOW })
  await store.releaseLease(held)
  await connect(store)
  await store.enqueue([...three('due').map((message) => anEvent(message)), ...three('nobody').map((message) => anEvent({ ...message, email: undefined }))])
}

async function allRows(store: Store, state: RowState): Promise<StoredRow[]> {
  const rows: StoredRow[] = []
  for (let page = await store.listRows({ state, limit: 2 }), last; (last = page.at(-1)); page = await store.listRows({ state, after: last.mark, limit: 2 })) {
    rows.push(...page.map(({ mark: _, ...row }) => row))
  }
  return rows
}
