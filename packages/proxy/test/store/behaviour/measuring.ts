import { expect, it } from 'vitest'
import { anEvent, claim, DAY, lease, NOW, SECOND, severalEvents, storeAndClaim } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

/** How large the outbox is, and how long something has waited in it. */
export function measuring(open: OpenStore): void {
  it('its size is told in rows and bytes; what has left it is not counted any more', async () => {
    const { store } = await open()
    expect(await store.size()).toMatchObject({ rows: 0 })
    const { held, rows } = await storeAndClaim(store, severalEvents(50))
    const filled = await store.size()
    expect(filled.rows).toBe(50)
    expect(filled.bytes).toBeGreaterThan(50 * 100)
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' } })), now: NOW })
    await store.forgetOld({ now: NOW, deliveredBefore: NOW + 1, deadBefore: 0, identifiedBefore: 0, limit: 100 })
    expect((await store.size()).rows).toBe(0)
  })

  it('what has waited longest: the row that has been due longest, whoever it is for, and the oldest without an email', async () => {
    const { store } = await open()
    expect(await store.oldestWaiting()).toEqual({})
    await store.enqueue([
      anEvent({ receivedAt: NOW + SECOND }),
      anEvent({ account: 7, receivedAt: NOW, targets: ['contact-properties'] }),
      anEvent({ messageId: 'm2', email: undefined, receivedAt: NOW + 3 * SECOND }),
      anEvent({ messageId: 'm3', email: undefined, receivedAt: NOW + 2 * SECOND }),
    ])
    expect(await store.oldestWaiting()).toEqual({ due: NOW, needsIdentity: NOW + 2 * SECOND })
  })

  it('what is tried again later is told apart, since when it was received, however often it was put off', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, severalEvents(4).map((event, index) => ({ ...event, receivedAt: NOW - 4 * SECOND + index * SECOND })))
    const later = [40, 20, 20, 10].map((seconds) => NOW + seconds * SECOND)
    const outcome = { kind: 'retry', code: 'EVENT_TYPE_MISSING' } as const
    await store.settle(held, { rows: rows.map(({ seq }, index) => ({ seq, outcome, nextAttemptAt: later[index] ?? NOW })), now: NOW })
    await store.enqueue([anEvent({ messageId: 'fresh', receivedAt: NOW })])
    expect(await store.oldestWaiting()).toEqual({ due: NOW, tried: NOW - 4 * SECOND })
    const [first] = await store.listRows({ state: 'due', limit: 10 }).then((listed) => listed.filter(({ messageId }) => messageId === 'm1'))
    await store.discardRows(first ? [first] : [])
    expect(await store.oldestWaiting()).toEqual({ due: NOW, tried: NOW - 3 * SECOND })
  })

  it('a dead letter that somebody has tried again waits since then, also after it failed once more', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, [anEvent()])
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: { kind: 'dead', code: 'GAVE_UP' } })), now: NOW })
    await store.retryRows(await store.listRows({ state: 'dead', limit: 1 }), NOW + 5 * SECOND)
    expect(await store.oldestWaiting()).toMatchObject({ due: NOW + 5 * SECOND })
    const now = NOW + 20 * SECOND
    const again = await lease(store, { now })
    const [row] = await claim(store, again, { now })
    await store.settle(again, { rows: [{ seq: row?.seq ?? 0, outcome: { kind: 'retry', code: 'HUBSPOT_FORBIDDEN' }, nextAttemptAt: now + DAY }], now })
    expect(await store.oldestWaiting()).toEqual({ due: now + DAY, tried: NOW + 5 * SECOND })
  })
}
