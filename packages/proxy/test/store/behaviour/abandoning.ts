import { expect, it } from 'vitest'
import { ACCOUNT, anEvent, claim, connect, lease, LEASE_MS, NOW, severalEvents, storeAndClaim } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

/** Rows whose claim nobody settled: one of them may have ended the process. */
export function abandoning(open: OpenStore): void {
  /** Claims once a lease, and dies each time; the attempts, how often each row was abandoned, and how many were claimed. */
  async function dieAgainAndAgain(times: number, limit: number, events = severalEvents(limit)) {
    const { store } = await open()
    await connect(store)
    await store.enqueue(events)
    const claimed = []
    for (let died = 0; died <= times; died++) {
      const now = NOW + died * LEASE_MS
      claimed.push(await claim(store, await lease(store, { now }), { now, limit }))
    }
    return { store, claimed }
  }

  it('the first time an eighth as many are claimed at once, then a quarter each time, in the end one alone, and it is said how often', async () => {
    const { claimed } = await dieAgainAndAgain(5, 64)
    expect(claimed.map((rows) => rows.length)).toEqual([64, 8, 2, 1, 1, 1])
    expect(claimed.map((rows) => rows[0]?.abandoned)).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('what is claimed stops before a row that was abandoned more often', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent({ messageId: 'harmful', receivedAt: NOW })])
    let now = NOW
    for (let died = 0; died < 5; died++) {
      await claim(store, await lease(store, { now }), { now })
      now += LEASE_MS
    }
    await store.enqueue(severalEvents(3, { receivedAt: NOW - 1 }))
    const held = await lease(store, { now })
    expect((await claim(store, held, { now, limit: 100 })).map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'm3'])
    expect((await claim(store, held, { now, limit: 100 })).map(({ messageId }) => messageId)).toEqual(['harmful'])
  })

  it('a row whose attempt ended is not under suspicion any more', async () => {
    const { store } = await open()
    await storeAndClaim(store, [anEvent()])
    const held = await lease(store, { now: NOW + LEASE_MS })
    const [row] = await claim(store, held, { now: NOW + LEASE_MS })
    expect(row).toMatchObject({ abandoned: 1 })
    const outcome = { kind: 'retry' as const, code: 'HUBSPOT_UNAVAILABLE' as const }
    await store.settle(held, { rows: [{ seq: row?.seq ?? 0, outcome, nextAttemptAt: NOW }], now: NOW + LEASE_MS })
    expect(await claim(store, held, { now: NOW + LEASE_MS })).toMatchObject([{ abandoned: 0, attempt: 3 }])
  })

  it('a row that died of it and is retried by hand is as new, also where it died before that was so', async () => {
    const { store, claimed } = await dieAgainAndAgain(2, 1)
    const held = await lease(store, { now: NOW + 3 * LEASE_MS })
    const [row] = await claim(store, held, { now: NOW + 3 * LEASE_MS })
    expect([claimed.length, row?.abandoned]).toEqual([3, 3])
    const { seq = 0, account = 0 } = row ?? {}
    await store.settle(held, { rows: [{ seq, outcome: { kind: 'dead', code: 'PROCESS_ENDED' } }], now: NOW })
    expect(await store.retryRows([{ seq, account }], NOW)).toBe(1)
    expect(await claim(store, held)).toMatchObject([{ attempt: 1, abandoned: 0 }])
  })

  it('a row that is given back untried is as it was before the claim', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, [anEvent()])
    const { seq = 0 } = rows[0] ?? {}
    const why = { kind: 'retry' as const, code: 'HUBSPOT_UNAVAILABLE' as const, detail: 'internal error' }
    await store.settle(held, { rows: [{ seq, outcome: why, nextAttemptAt: NOW }], now: NOW })
    const status = () => store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })
    const before = await status()
    await claim(store, held)
    expect(await store.settle(held, { rows: [{ seq, outcome: { kind: 'untried' } }], now: NOW + 1 })).toBe(true)
    expect(await status()).toEqual(before)
    expect(await claim(store, held)).toMatchObject([{ attempt: 2, abandoned: 0 }])
    expect((await store.audit()).queued).toBe(1)
  })

  it('only whoever claimed a row can give it back', async () => {
    const { store } = await open()
    const { held: stale, rows } = await storeAndClaim(store, [anEvent()])
    const now = NOW + LEASE_MS
    await claim(store, await lease(store, { now, owner: 'node-2' }), { now })
    expect(await store.settle(stale, { rows: [{ seq: rows[0]?.seq ?? 0, outcome: { kind: 'untried' } }], now })).toBe(false)
    expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })).toMatchObject([{ attempts: 2 }])
  })
}
