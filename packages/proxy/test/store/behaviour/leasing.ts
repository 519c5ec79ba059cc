import { expect, it } from 'vitest'
import { aGrant, ACCOUNT, anEvent, claim, connect, lease, LEASE_MS, NOW, severalEvents, storeAndClaim } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const AFTER = NOW + LEASE_MS

/** Who may deliver for an account, and which rows are whose. */
export function leasing(open: OpenStore): void {
  it("an account that is leased is nobody else's until the lease runs out", async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent()])
    const first = await lease(store, { owner: 'node-1' })
    const ask = (owner: string, now: number) => store.leaseAccounts({ owner, now, leaseMs: LEASE_MS, limit: 10 })
    expect(await ask('node-2', AFTER - 1)).toEqual([])
    expect(await ask('node-1', AFTER - 1)).toEqual([])
    expect(await ask('node-2', AFTER)).toMatchObject([
      { account: ACCOUNT, owner: 'node-2', epoch: first.epoch + 1, until: AFTER + LEASE_MS },
    ])
  })

  it('of several who ask at the same moment, one gets the lease', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent()])
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((owner) => store.leaseAccounts({ owner, now: NOW, leaseMs: LEASE_MS, limit: 10 })),
    )
    expect(answers.flat()).toHaveLength(1)
  })

  it('an account is leased only when it is connected and has something due', async () => {
    const { store } = await open()
    const ask = () => store.leaseAccounts({ owner: 'node-1', now: NOW, leaseMs: LEASE_MS, limit: 10 })
    await store.enqueue([anEvent({ account: 1 })])
    await connect(store, 2)
    await store.enqueue([anEvent({ account: 2, receivedAt: NOW + 1 })])
    await store.saveGrant(aGrant({ account: 3, state: 'reconnect' }))
    await store.enqueue([anEvent({ account: 3 })])
    expect(await ask()).toEqual([])
    await connect(store, 1)
    expect(await ask()).toMatchObject([{ account: 1 }])
  })

  it('no more accounts are leased than were asked for', async () => {
    const { store } = await open()
    for (const account of [1, 2, 3]) {
      await connect(store, account)
      await store.enqueue([anEvent({ account })])
    }
    const ask = () => store.leaseAccounts({ owner: 'node-1', now: NOW, leaseMs: LEASE_MS, limit: 2 })
    const [some, rest] = [await ask(), await ask()]
    expect([some.length, rest.length]).toEqual([2, 1])
    expect(new Set([...some, ...rest].map(({ account }) => account))).toEqual(new Set([1, 2, 3]))
  })

  it('a released account can be leased at once', async () => {
    const { store } = await open()
    const { held } = await storeAndClaim(store, [anEvent()])
    await store.releaseLease(held)
    expect((await lease(store, { owner: 'node-2' })).epoch).toBe(held.epoch + 1)
  })

  it('a renewed lease lasts as long as was asked for', async () => {
    const { store } = await open()
    const { held } = await storeAndClaim(store, [anEvent()])
    expect(await store.renewLease(held, AFTER + 5)).toBe(true)
    expect(await store.leaseAccounts({ owner: 'node-2', now: AFTER + 4, leaseMs: 1, limit: 1 })).toEqual([])
    expect(await store.leaseAccounts({ owner: 'node-2', now: AFTER + 5, leaseMs: 1, limit: 1 })).toHaveLength(1)
  })

  it('rows are claimed in the order they arrived, no more than asked for, and each once', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue(severalEvents(5).map((event, index) => ({ ...event, receivedAt: NOW + index })))
    const held = await lease(store)
    const later = NOW + 10
    const claimed = [
      await claim(store, held, { limit: 2, now: later }),
      await claim(store, held, { limit: 9, now: later }),
      await claim(store, held, { now: later }),
    ]
    expect(claimed.map((rows) => rows.map((row) => row.messageId))).toEqual([['m1', 'm2'], ['m3', 'm4', 'm5'], []])
  })

  it('a row that is not due yet is not claimed', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent({ messageId: 'now' }), anEvent({ messageId: 'later', receivedAt: NOW + 1 })])
    const rows = await claim(store, await lease(store))
    expect(rows.map((row) => row.messageId)).toEqual(['now'])
  })

  it('only rows of the leased account are claimed', async () => {
    const { store } = await open()
    await connect(store, 1)
    await store.enqueue([anEvent({ account: 1 }), anEvent({ account: 2 })])
    const rows = await claim(store, await lease(store))
    expect(rows.map((row) => row.account)).toEqual([1])
  })

  it('rows that a dead owner had claimed are free under the next lease, and count one more attempt', async () => {
    const { store } = await open()
    await storeAndClaim(store, severalEvents(2))
    const rows = await claim(store, await lease(store, { owner: 'node-2', now: AFTER }), { now: AFTER })
    expect(rows.map(({ messageId, attempt }) => [messageId, attempt])).toEqual([
      ['m1', 2],
      ['m2', 2],
    ])
  })

  it('a stale owner changes nothing: it can neither claim, nor settle, nor renew, nor release', async () => {
    const { store } = await open()
    const { held: stale, rows } = await storeAndClaim(store, [anEvent()])
    const held = await lease(store, { owner: 'node-2', now: AFTER })
    const settled = {
      rows: [{ seq: rows[0]?.seq ?? 0, outcome: { kind: 'delivered' as const } }],
      pause: { until: AFTER * 2, failures: 9 },
      now: AFTER,
    }
    expect(await store.claimDue(stale, { target: 'timeline-v3', now: AFTER, limit: 9 })).toBeUndefined()
    expect(await store.settle(stale, settled)).toBe(false)
    expect(await store.renewLease(stale, AFTER * 2)).toBe(false)
    await store.releaseLease(stale)
    expect(await store.leaseAccounts({ owner: 'node-3', now: AFTER + 1, leaseMs: 1, limit: 1 })).toEqual([])
    expect(await claim(store, held, { now: AFTER })).toMatchObject([{ attempt: 2 }])
    expect((await store.audit()).delivered).toBe(0)
    await store.releaseLease(held)
    expect(await store.leaseAccounts({ owner: 'node-3', now: AFTER + 1, leaseMs: 1, limit: 1 })).toMatchObject([
      { pause: { failures: 0 } },
    ])
  })

  it("a lease is its owner's alone: under the same epoch somebody else changes nothing", async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, severalEvents(2))
    const other = { ...held, owner: 'node-2' }
    const outcomes = [{ kind: 'delivered' }, { kind: 'untried' }] as const
    const settled = { rows: rows.map(({ seq }, index) => ({ seq, outcome: outcomes[index] ?? outcomes[0] })), pause: { until: AFTER, failures: 9 }, now: NOW }
    await store.enqueue([anEvent({ messageId: 'm3' })])
    expect(await store.claimDue(other, { target: 'timeline-v3', now: NOW, limit: 9 })).toBeUndefined()
    expect(await store.settle(other, settled)).toBe(false)
    expect(await store.renewLease(other, AFTER * 2)).toBe(false)
    await store.releaseLease(other, 'a word of nobody')
    expect(await store.accountStates()).toMatchObject([{ leasedUntil: AFTER, pausedUntil: 0, failures: 0 }])
    expect(await store.audit()).toMatchObject({ queued: 3, delivered: 0 })
    expect((await claim(store, held)).map(({ messageId }) => messageId)).toEqual(['m3'])
  })

  it('a lease that has run out, or was given back, settles as long as nobody else has taken it', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, severalEvents(2))
    const settle = (seq = 0) => store.settle(held, { rows: [{ seq, outcome: { kind: 'delivered' } }], now: AFTER + 1 })
    expect(await settle(rows[0]?.seq)).toBe(true)
    await store.releaseLease(held)
    expect(await settle(rows[1]?.seq)).toBe(true)
    expect(await store.audit()).toMatchObject({ queued: 0, delivered: 2 })
  })

  it('a row that somebody else has claimed meanwhile is not settled under the new epoch by guessing its number', async () => {
    const { store } = await open()
    const { rows } = await storeAndClaim(store, [anEvent()])
    const held = await lease(store, { owner: 'node-2', now: AFTER })
    await store.settle(held, { rows: [{ seq: rows[0]?.seq ?? 0, outcome: { kind: 'delivered' } }], now: AFTER })
    expect((await store.audit()).queued).toBe(1)
  })

  it('of accounts that are named, only those are leased', async () => {
    const { store } = await open()
    for (const account of [1, 2, 3]) {
      await connect(store, account)
      await store.enqueue([anEvent({ account })])
    }
    const ask = (among?: number[]) => store.leaseAccounts({ owner: 'node-1', now: NOW, leaseMs: LEASE_MS, limit: 10, ...(among ? { among } : {}) })
    expect((await ask([3, 1, 9])).map(({ account }) => account).sort()).toEqual([1, 3])
    expect(await ask([])).toEqual([])
    expect((await ask()).map(({ account }) => account)).toEqual([2])
  })

  it('what a holder hands over reaches the next, once: after a holder that died there is nothing', async () => {
    const { store } = await open()
    const { held } = await storeAndClaim(store, [anEvent()])
    await store.releaseLease(held, 'ten requests')
    const take = async (now: number) => (await store.leaseAccounts({ owner: 'node-2', now, leaseMs: LEASE_MS, limit: 1 }))[0]
    expect(await take(NOW)).toMatchObject({ handover: 'ten requests' })
    expect(await take(AFTER)).not.toHaveProperty('handover')
    await store.releaseLease(held, 'a stale word')
    expect(await take(AFTER + LEASE_MS)).not.toHaveProperty('handover')
  })

  it('claims may go on after a place: what comes before it is not looked through again', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue(severalEvents(4).map((event, index) => ({ ...event, receivedAt: NOW + (index >> 1) })))
    const held = await lease(store, { now: NOW + 10 })
    const claimAfter = async (after: { dueAt: number; seq: number }) =>
      (await store.claimDue(held, { target: 'timeline-v3', now: NOW + 10, limit: 9, after }))?.map(({ messageId }) => messageId)
    const [first] = await claim(store, held, { now: NOW + 10, limit: 1 })
    expect(first).toMatchObject({ messageId: 'm1', dueAt: NOW })
    expect(await claimAfter({ dueAt: NOW + 1, seq: 0 })).toEqual(['m3', 'm4'])
    expect(await claimAfter({ dueAt: NOW, seq: first?.seq ?? 0 })).toEqual(['m2'])
  })
}
