import { expect, it } from 'vitest'
import { planDerivations } from '../../../src/outbox/derive.ts'
import { events } from '../../stage/events.ts'
import { anEvent, claim, connect, DAY, lease, NOW } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const PLANS = planDerivations(events)
const HOUR = 3_600_000

type Changes = Parameters<typeof anEvent>[0]

/** Values computed in the commit that stores the event. */
export function derivedValues(open: OpenStore): void {
  /** Stores events one call each, and gives back what their rows hold. */
  async function propertiesOf(...changes: Changes[]): Promise<object[]> {
    const { store } = await open(PLANS)
    await connect(store)
    for (const [index, change] of changes.entries()) await store.enqueue([anEvent({ messageId: `m${index}`, ...change })])
    return (await claim(store, await lease(store, { now: NOW + 100 * DAY }), { now: NOW + 100 * DAY })).map(
      (row) => row.properties,
    )
  }

  it('previous, first and count follow a person from one login to the next', async () => {
    expect(await propertiesOf({ occurredAt: NOW }, { occurredAt: NOW + 5 }, { occurredAt: NOW + 9 })).toEqual([
      { method: 'sso', firstLogin: NOW, logins: 1 },
      { method: 'sso', lastLogin: NOW, firstLogin: NOW, logins: 2 },
      { method: 'sso', lastLogin: NOW + 5, firstLogin: NOW, logins: 3 },
    ])
  })

  it("a late arrival has no previous, and does not move the next one's backwards", async () => {
    expect(await propertiesOf({ occurredAt: NOW }, { occurredAt: NOW - HOUR }, { occurredAt: NOW + 1 })).toEqual([
      { method: 'sso', firstLogin: NOW, logins: 1 },
      { method: 'sso', firstLogin: NOW - HOUR, logins: 2 },
      { method: 'sso', lastLogin: NOW, firstLogin: NOW - HOUR, logins: 3 },
    ])
  })

  it('two events of one call see each other', async () => {
    const { store } = await open(PLANS)
    await connect(store)
    await store.enqueue([anEvent({ messageId: 'a' }), anEvent({ messageId: 'b', occurredAt: NOW + 1 })])
    const rows = await claim(store, await lease(store))
    expect(rows.map((row) => row.properties.lastLogin)).toEqual([undefined, NOW])
  })

  it('a duplicate counts nothing', async () => {
    const [, second] = await propertiesOf({ messageId: 'a' }, { messageId: 'a' }, { messageId: 'b' })
    expect(second).toMatchObject({ logins: 2 })
  })

  it('a duplicate of an event of another kind, of which nothing is remembered, counts nothing', async () => {
    const { store } = await open(PLANS)
    await connect(store)
    const [other, repeat, next] = [anEvent({ name: 'other', messageId: 'a' }), anEvent({ messageId: 'a' }), anEvent({ messageId: 'b' })]
    expect(await store.enqueue([other, repeat, next])).toEqual(['queued', 'duplicate', 'queued'])
    expect((await claim(store, await lease(store))).map(({ properties }) => properties.logins)).toEqual([undefined, 1])
  })

  it('elapsed measures from the event with the same key, not from another', async () => {
    const start = (transactionId: string, occurredAt: number) => ({
      name: 'transaction_initiated',
      properties: { transactionId },
      occurredAt,
    })
    const end = (transactionId: string, occurredAt: number) => ({
      name: 'transaction_completed',
      properties: { transactionId },
      occurredAt,
    })
    const rows = await propertiesOf(start('t1', NOW), start('t2', NOW + 100), end('t1', NOW + 1000), end('t3', NOW + 1000))
    expect(rows.slice(2)).toEqual([{ transactionId: 't1', tookMs: 1000 }, { transactionId: 't3' }])
  })

  it('an event that ends before it began has no elapsed', async () => {
    const [, completed] = await propertiesOf(
      { name: 'transaction_initiated', properties: { transactionId: 't' }, occurredAt: NOW },
      { name: 'transaction_completed', properties: { transactionId: 't' }, occurredAt: NOW - 1 },
    )
    expect(completed).toEqual({ transactionId: 't' })
  })

  it.each([
    ['still known on the 30th day', 30 * DAY, { transactionId: 't', tookMs: 30 * DAY }],
    ['forgotten a millisecond later', 30 * DAY + 1, { transactionId: 't' }],
  ])('a moment kept by a key is %s', async (_, age, expected) => {
    const [, completed] = await propertiesOf(
      { name: 'transaction_initiated', properties: { transactionId: 't' }, occurredAt: NOW },
      { name: 'transaction_completed', properties: { transactionId: 't' }, occurredAt: NOW + age },
    )
    expect(completed).toEqual(expected)
  })

  it.each([
    ['person', { subject: 'grace' }],
    ['site', { site: 'shop' }],
  ])('history is kept per %s', async (_, other) => {
    const [, second] = await propertiesOf({ occurredAt: NOW }, { ...other, occurredAt: NOW + 1 })
    expect(second).toEqual({ method: 'sso', firstLogin: NOW + 1, logins: 1 })
  })

  it('history survives a restart', async () => {
    const { store, reopen } = await open(PLANS)
    await connect(store)
    await store.enqueue([anEvent({ messageId: 'a' })])
    const again = await reopen()
    await again.enqueue([anEvent({ messageId: 'b', occurredAt: NOW + 7 })])
    const rows = await claim(again, await lease(again))
    expect(rows[1]?.properties).toMatchObject({ lastLogin: NOW, logins: 2 })
  })

  it('an event whose definition is gone is stored with what it has', async () => {
    expect(await propertiesOf({ name: 'no_longer_defined', properties: { kept: 1 } })).toEqual([{ kept: 1 }])
  })
}
