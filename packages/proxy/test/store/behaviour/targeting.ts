import { expect, it } from 'vitest'
import { TARGETS } from '../../../src/outbox/event.ts'
import { ACCOUNT, anEvent, connect, isExact, lease, NOTHING, NOW, SECOND } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const [FIRST, SECOND_TARGET = FIRST] = TARGETS
const BOTH = [FIRST, SECOND_TARGET] as const

/** Events that go to several places in HubSpot: each is a promise of its own. */
export function targeting(open: OpenStore): void {
  const several = it.skipIf(FIRST === SECOND_TARGET)

  several('an event for two targets is two promises under one event id', async () => {
    const { store } = await open()
    expect(await store.enqueue([anEvent({ targets: BOTH })])).toEqual(['queued'])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 2, queued: 2 })
    const rows = await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })
    expect(rows.map(({ target }) => target)).toEqual(BOTH)
    expect(new Set(rows.map(({ eventId }) => eventId)).size).toBe(1)
  })

  several('a repeat that goes to one target more is queued for that one only', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ targets: [FIRST] })])
    expect(await store.enqueue([anEvent({ targets: BOTH })])).toEqual(['queued'])
    expect(await store.enqueue([anEvent({ targets: BOTH })])).toEqual(['duplicate'])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 5, duplicate: 3, queued: 2 })
  })

  several('a repeat within one call is queued once for the target that is new', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ targets: [FIRST] })])
    expect(await store.enqueue([anEvent({ targets: BOTH }), anEvent({ targets: BOTH })])).toEqual(['queued', 'duplicate'])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 5, duplicate: 3, queued: 2 })
  })

  several("each target's row is claimed and settled by itself", async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent({ targets: BOTH })])
    const held = await lease(store)
    const claim = async (target: (typeof BOTH)[number]) => (await store.claimDue(held, { target, now: NOW, limit: 9 })) ?? []
    const [[first], [second]] = [await claim(FIRST), await claim(SECOND_TARGET)]
    expect([first?.target, second?.target]).toEqual(BOTH)
    await store.settle(held, { rows: [{ seq: first?.seq ?? 0, outcome: { kind: 'delivered' } }], now: NOW })
    const states = (await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })).map(({ state }) => state)
    expect(states).toEqual(['delivered', 'due'])
    expect(isExact(await store.audit())).toBe(true)
  })

  several('an account whose only work is for the second target is found and leased', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent({ targets: [SECOND_TARGET], receivedAt: NOW + SECOND })])
    expect(await store.nextDueAt(NOW)).toBe(NOW + SECOND)
    expect((await lease(store, { now: NOW + SECOND })).account).toBe(ACCOUNT)
  })

  several('the email found for a person makes the rows of every target due', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ targets: BOTH, email: undefined })])
    await store.identify({ account: ACCOUNT, site: 'main', subject: 'ada', email: 'ada@example.com', saidAt: NOW, now: NOW })
    expect(await store.audit()).toEqual({ ...NOTHING, received: 2, queued: 2 })
  })
}
