import { expect, it } from 'vitest'
import { anEvent, NOW, SECOND, severalEvents, storeAndClaim } from './store-stage.ts'
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
}
