import { expect, it } from 'vitest'
import { planDerivations } from '../../../src/outbox/derive.ts'
import { events } from '../../stage/events.ts'
import {
  ACCOUNT,
  anEvent,
  claim,
  connect,
  DAY,
  isExact,
  lease,
  NOTHING,
  NOW,
  severalEvents,
  storeAndClaim,
} from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

/** What became of events, the sum of them all, and what is forgotten in the end. */
export function inspecting(open: OpenStore): void {
  it('an event is found by its message, for its own person or for anybody', async () => {
    const { store } = await open()
    await store.enqueue([anEvent(), anEvent({ subject: 'grace' }), anEvent({ site: 'shop' })])
    const find = (subject?: string) =>
      store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1', ...(subject === undefined ? {} : { subject }) })
    expect((await find('ada')).map((row) => row.eventId)).toEqual(['62515 main ada m1'])
    expect((await find()).map((row) => row.eventId)).toEqual(['62515 main ada m1', '62515 main grace m1'])
    expect(await find('mallory')).toEqual([])
  })

  it('a status tells target, name, times and attempts, and nothing of who it was', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ occurredAt: NOW - 5 })])
    expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })).toEqual([
      {
        target: 'timeline-v3',
        event: 'login',
        messageId: 'm1',
        eventId: '62515 main ada m1',
        state: 'due',
        attempts: 0,
        occurredAt: NOW - 5,
        receivedAt: NOW,
        code: 'NOT_CONNECTED',
        nextAttemptAt: NOW,
      },
    ])
  })

  it('a message that was never sent is found nowhere', async () => {
    const { store } = await open()
    expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' })).toEqual([])
  })

  it('the audit is exact after every kind of operation, and after forgetting', async () => {
    const { store } = await open()
    await store.enqueue([
      anEvent({ messageId: 'no email', email: undefined }),
      anEvent({ messageId: 'no email 2', email: undefined }),
    ])
    await store.countRejected({ account: ACCOUNT, site: 'main', rejected: 1 })
    await store.giveUpUnidentified({ receivedBefore: NOW + 1, now: NOW, limit: 100 })
    const { held, rows } = await storeAndClaim(store, [
      ...severalEvents(6),
      anEvent(),
      anEvent({ messageId: 'waits', email: undefined }),
    ])
    const kinds = ['delivered', 'delivered', 'dead', 'retry', 'snooze'] as const
    const settled = kinds.map((kind, index) => ({
      seq: rows[index]?.seq ?? 0,
      outcome: { kind, code: 'GAVE_UP' as const, forMs: 1 },
      nextAttemptAt: NOW,
    }))
    await store.settle(held, { rows: settled, now: NOW })
    const expected = { received: 11, duplicate: 1, rejected: 1, queued: 3, needsIdentity: 1, delivered: 2, dead: 3 }
    expect(await store.audit()).toEqual(expected)
    expect(await store.forgetOld({ now: NOW + DAY, deliveredBefore: NOW + 1, deadBefore: 0, identifiedBefore: 0, limit: 10 })).toBe(2)
    expect(await store.audit()).toEqual(expected)
    expect(isExact(expected)).toBe(true)
  })

  it('delivered rows are forgotten once they are old enough, no more at once than asked for; nothing else is', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, [
      ...severalEvents(3),
      anEvent({ messageId: 'due' }),
      anEvent({ messageId: 'dead' }),
    ])
    const outcomes = [
      ...Array.from({ length: 3 }, () => ({ kind: 'delivered' as const })),
      undefined,
      { kind: 'dead' as const, code: 'GAVE_UP' as const },
    ]
    const settled = rows.flatMap(({ seq }, index) => (outcomes[index] ? [{ seq, outcome: outcomes[index] }] : []))
    await store.settle(held, { rows: settled, now: NOW })
    const forget = (deliveredBefore: number) => store.forgetOld({ now: NOW + 10 * DAY, deliveredBefore, deadBefore: 0, identifiedBefore: 0, limit: 2 })
    expect(await forget(NOW)).toBe(0)
    expect([await forget(NOW + 1), await forget(NOW + 1), await forget(NOW + 1)]).toEqual([2, 1, 0])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 5, delivered: 3, queued: 1, dead: 1 })
    for (const messageId of ['due', 'dead'])
      expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId })).toHaveLength(1)
  })

  it('a repeat of a forgotten event is new again', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, [anEvent()])
    await store.settle(held, { rows: [{ seq: rows[0]?.seq ?? 0, outcome: { kind: 'delivered' } }], now: NOW })
    await store.forgetOld({ now: NOW + 10 * DAY, deliveredBefore: NOW + 1, deadBefore: 0, identifiedBefore: 0, limit: 10 })
    expect(await store.enqueue([anEvent()])).toEqual(['queued'])
  })

  it('moments kept by a key are forgotten after their days, no more at once than asked for', async () => {
    const { store } = await open(planDerivations(events))
    const started = severalEvents(3, { name: 'transaction_initiated' })
    await store.enqueue(started.map((event, index) => ({ ...event, properties: { transactionId: `t${index}` } })))
    const forget = (now: number) => store.forgetOld({ now, deliveredBefore: 0, deadBefore: 0, identifiedBefore: 0, limit: 2 })
    expect(await forget(NOW + 30 * DAY)).toBe(0)
    const after = NOW + 30 * DAY + 1
    expect([await forget(after), await forget(after), await forget(after)]).toEqual([2, 1, 0])
  })

  it("a person's own history is not forgotten", async () => {
    const { store } = await open(planDerivations(events))
    await connect(store)
    await store.enqueue([anEvent()])
    await store.forgetOld({ now: NOW + 400 * DAY, deliveredBefore: NOW + 400 * DAY, deadBefore: NOW + 400 * DAY, identifiedBefore: 0, limit: 10 })
    await store.enqueue([anEvent({ messageId: 'm2', occurredAt: NOW + 400 * DAY })])
    expect((await claim(store, await lease(store)))[1]?.properties).toMatchObject({ logins: 2, lastLogin: NOW })
  })

  it('everything is still there after the store was closed and opened again', async () => {
    const { store, reopen } = await open()
    const { rows } = await storeAndClaim(store, severalEvents(3))
    await store.countRejected({ account: ACCOUNT, site: 'main', rejected: 1 })
    const before = [await store.audit(), await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm2' })]
    const again = await reopen()
    expect([await again.audit(), await again.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm2' })]).toEqual(before)
    expect(await again.enqueue([anEvent()])).toEqual(['duplicate'])
    const later = NOW + DAY
    const claimed = await claim(again, await lease(again, { now: later }), { now: later })
    expect(claimed).toEqual(rows.map((row) => ({ ...row, attempt: 2, abandoned: 1 })))
  })

  it('checkWritable writes', async () => {
    const { store } = await open()
    await expect(store.checkWritable(NOW)).resolves.toBeUndefined()
    await expect(store.checkWritable(NOW + 1)).resolves.toBeUndefined()
  })
}
