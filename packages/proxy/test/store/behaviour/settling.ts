import { expect, it } from 'vitest'
import type { Outcome } from '../../../src/outcome.ts'
import type { Pause } from '../../../src/outbox/store.ts'
import { ACCOUNT, anEvent, claim, lease, LEASE_MS, NOTHING, NOW, SECOND, severalEvents, storeAndClaim } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const LATER = NOW + 60 * SECOND
const SNOOZED: Outcome = { kind: 'snooze', forMs: 1, code: 'HUBSPOT_RATE_LIMITED', detail: 'slow down' }
const FAILED: Outcome = { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail: 'internal error' }
const REFUSED: Outcome = { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: 'no such token' }

/** How the outcome of an attempt changes a row, and a failure its account. */
export function settling(open: OpenStore): void {
  /** One row, attempted once, settled with this outcome. */
  async function settled(outcome: Outcome, { nextAttemptAt, pause }: { nextAttemptAt?: number; pause?: Pause } = {}) {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, [anEvent()])
    const row = { seq: rows[0]?.seq ?? 0, outcome, ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }) }
    expect(await store.settle(held, { rows: [row], now: NOW + 1, ...(pause ? { pause } : {}) })).toBe(true)
    const [status] = await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })
    return { store, held, status, seq: row.seq }
  }

  it('a delivered row is finished and leaves the queue', async () => {
    const { store, held, status } = await settled({ kind: 'delivered' })
    expect(status).toMatchObject({ state: 'delivered', attempts: 1, settledAt: NOW + 1 })
    expect(status).not.toHaveProperty('nextAttemptAt')
    expect(status).not.toHaveProperty('code')
    expect(await claim(store, held, { now: LATER * 2 })).toEqual([])
    expect(await store.nextDueAt(NOW)).toBeUndefined()
    expect(await store.audit()).toEqual({ ...NOTHING, received: 1, delivered: 1 })
  })

  it('a dead row is finished, and keeps why', async () => {
    const { store, held, status } = await settled(REFUSED)
    expect(status).toMatchObject({
      state: 'dead',
      attempts: 1,
      settledAt: NOW + 1,
      code: 'HUBSPOT_REJECTED_EVENT',
      detail: 'no such token',
    })
    expect(await claim(store, held, { now: LATER * 2 })).toEqual([])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 1, dead: 1 })
  })

  it('a row to retry waits, keeps its attempt, and says why', async () => {
    const { store, held, status } = await settled(FAILED, { nextAttemptAt: LATER })
    expect(status).toMatchObject({
      state: 'due',
      attempts: 1,
      nextAttemptAt: LATER,
      code: 'HUBSPOT_UNAVAILABLE',
      detail: 'internal error',
    })
    expect(status).not.toHaveProperty('settledAt')
    expect(await claim(store, held, { now: LATER - 1 })).toEqual([])
    expect(await claim(store, held, { now: LATER })).toMatchObject([{ attempt: 2 }])
  })

  it('a snoozed row waits and gets its attempt back', async () => {
    const { store, held, status } = await settled(SNOOZED, { nextAttemptAt: LATER })
    expect(status).toMatchObject({ state: 'due', attempts: 0, nextAttemptAt: LATER, code: 'HUBSPOT_RATE_LIMITED' })
    expect(await claim(store, held, { now: LATER })).toMatchObject([{ attempt: 1 }])
  })

  it('a delivery after failures forgets what they said', async () => {
    const { store, held } = await settled(FAILED, { nextAttemptAt: NOW + 1 })
    const [row] = await claim(store, held, { now: NOW + 1 })
    await store.settle(held, { rows: [{ seq: row?.seq ?? 0, outcome: { kind: 'delivered' } }], now: NOW + 2 })
    const [status] = await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })
    expect(status).not.toHaveProperty('code')
    expect(status).not.toHaveProperty('detail')
  })

  it('a row that is settled already is not settled again', async () => {
    const { store, held, status, seq } = await settled({ kind: 'delivered' })
    expect(await store.settle(held, { rows: [{ seq, outcome: REFUSED }], now: NOW + 2 })).toBe(true)
    expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })).toEqual([status])
  })

  it('a paused account is not leased until its pause is over, and remembers its failures', async () => {
    const { store, held, status } = await settled(FAILED, { nextAttemptAt: NOW, pause: { until: LATER, failures: 4 } })
    expect(status?.nextAttemptAt).toBe(LATER)
    await store.releaseLease(held)
    const ask = (now: number) => store.leaseAccounts({ owner: 'node-2', now, leaseMs: LEASE_MS, limit: 1 })
    expect(await ask(LATER - 1)).toEqual([])
    expect(await ask(LATER)).toMatchObject([{ pause: { until: LATER, failures: 4 } }])
  })

  it('nextDueAt names the earliest moment at which anything can be leased', async () => {
    const { store } = await open()
    expect(await store.nextDueAt(NOW)).toBeUndefined()
    await store.enqueue([anEvent({ account: 9, receivedAt: NOW - 100 })])
    expect(await store.nextDueAt(NOW)).toBeUndefined()
    const { held, rows } = await storeAndClaim(store, severalEvents(2))
    expect(await store.nextDueAt(NOW)).toBe(held.until)
    await store.settle(held, {
      rows: rows.map(({ seq }, index) => ({ seq, outcome: FAILED, nextAttemptAt: LATER + index })),
      now: NOW,
    })
    await store.releaseLease(held)
    expect(await store.nextDueAt(NOW)).toBe(LATER)
    const again = await lease(store, { now: LATER })
    await store.settle(again, { rows: [], pause: { until: LATER + 7, failures: 1 }, now: LATER })
    await store.releaseLease(again)
    expect(await store.nextDueAt(NOW)).toBe(LATER + 7)
  })
}
