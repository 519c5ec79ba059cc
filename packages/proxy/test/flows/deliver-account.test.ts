import { describe, expect, it } from 'vitest'
import { deliverAccount } from '../../src/flows/deliver-events/deliver-account.ts'
import type { Delivery } from '../../src/hubspot/target.ts'
import type { Row } from '../../src/outbox/event.ts'
import type { Outcome } from '../../src/outcome.ts'
import { ACCOUNT, anEvent, claim, lease, LEASE_MS, NOW, SECOND, severalEvents } from '../store/behaviour/store-stage.ts'
import { accountStages, delivered, DOWN, SCHEDULE } from './account-stage.ts'

const stage = accountStages()

describe('a round for an account', () => {
  it('sends everything that is due, batch after batch, in the order of arrival', async () => {
    const { round, sent, store } = await stage(
      severalEvents(20).map(({ messageId }, index) => ({ messageId, receivedAt: NOW - 20 + index })),
      delivered,
    )
    expect(await round()).toBe('idle')
    expect(sent.map((batch) => batch.length)).toEqual([8, 8, 4])
    expect(sent.flat()).toEqual(severalEvents(20).map(({ messageId }) => messageId))
    expect((await store.audit()).delivered).toBe(20)
  })

  it("tells each attempt once it is written down, and logs no email, not even in HubSpot's words", async () => {
    const { round, settled, log } = await stage([{ messageId: 'a' }, { messageId: 'b' }], (rows) => ({
      kind: 'each',
      outcomes: rows.map(({ messageId }) =>
        messageId === 'a'
          ? { kind: 'delivered' }
          : { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: 'ada@example.com has left' },
      ),
    }))
    await round()
    expect(settled).toEqual([
      ['a', 'delivered'],
      ['b', 'dead'],
    ])
    expect(log).toMatchObject([
      {
        story: 'delivery.attempted',
        portalId: ACCOUNT,
        target: 'timeline-v3',
        rows: 2,
        delivered: 1,
        dead: 1,
        retry: 0,
        snooze: 0,
        isHeld: true,
      },
      { story: 'event.dead', portalId: ACCOUNT, attempt: 1, code: 'HUBSPOT_REJECTED_EVENT', detail: '[email] has left' },
    ])
    // The event's id here is made of its parts; in the service it is a hash.
    expect(JSON.stringify(log)).not.toContain('@')
  })

  it('gives back what was claimed for one target when the claim for another fails first', async () => {
    const { store, parts, stateOf } = await stage([{ messageId: 'm1' }], delivered)
    const claimed = Promise.withResolvers<void>()
    const claimDue: typeof store.claimDue = async (held, options) => {
      if (options.target !== 'timeline-v3') throw new Error('the disk is away')
      await new Promise(setImmediate)
      return store.claimDue(held, options).finally(claimed.resolve)
    }
    const targets = { ...parts.targets, 'custom-events': parts.targets['timeline-v3'] }
    const served = deliverAccount({ ...parts, store: { ...store, claimDue }, targets }, stateOf(await lease(store)))
    await expect(served).rejects.toThrow('the disk is away')
    await claimed.promise
    const now = NOW + LEASE_MS
    expect(await claim(store, await lease(store, { now }), { now })).toMatchObject([{ attempt: 1, abandoned: 0 }])
  })

  it('stops between batches when the process is to stop', async () => {
    const { round, sent } = await stage(
      severalEvents(20).map(({ messageId }) => ({ messageId })),
      delivered,
    )
    expect(await round({ isStopping: () => sent.length > 0 })).toBe('idle')
    expect(sent).toHaveLength(1)
  })

  it('writes down what is known of a batch when the process is to end, and gives back the rest of it', async () => {
    const refused: Delivery = { kind: 'whole', outcome: { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT' } }
    const { round, sent, settled, store, clock } = await stage(
      severalEvents(8).map(({ messageId }, index) => ({ messageId, subject: `person ${index}` })),
      (rows) => (rows.some(({ messageId }) => messageId === 'm3') ? refused : delivered(rows)),
    )
    const isEnding = () => sent.length === 3
    expect(await round({ isEnding, isStopping: isEnding })).toBe('idle')
    expect([sent.length, settled]).toEqual([3, [['m1', 'delivered'], ['m2', 'delivered']]])
    const left = await claim(store, await lease(store, { now: clock.ms }))
    expect(left.map(({ messageId, attempt, abandoned }) => ({ messageId, attempt, abandoned }))).toEqual(
      ['m3', 'm4', 'm5', 'm6', 'm7', 'm8'].map((messageId) => ({ messageId, attempt: 1, abandoned: 0 })),
    )
  })

  it('ends in the middle of a batch when the lease may be lost', async () => {
    const refused: Delivery = { kind: 'whole', outcome: { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT' } }
    const { round, sent } = await stage([{ messageId: 'a' }, { messageId: 'b', subject: 'grace' }], () => refused)
    expect(await round({ isLost: () => sent.length > 0 })).toBe('lost')
    expect(sent).toEqual([['a', 'b']])
  })

  it('of which nothing was sent any more changes no count of failures', async () => {
    const { round, clock, store } = await stage([{}], () => DOWN)
    await round()
    clock.ms += 3_600 * SECOND
    let isAsked = false
    expect(await round({ isEnding: () => (isAsked = true), isStopping: () => isAsked })).toBe('idle')
    const [taken] = await store.leaseAccounts({ owner: 'looks', now: clock.ms, leaseMs: 1, limit: 1 })
    expect(taken?.pause.failures).toBe(1)
  })

  it('ends when the lease was lost while sending, and writes nothing', async () => {
    const { parts, store, stateOf, status, settled, clock } = await stage([{}], delivered)
    const held = await lease(store)
    const send = async (rows: Row[]) => {
      clock.ms += LEASE_MS
      await lease(store, { owner: 'node-2', now: clock.ms })
      return delivered(rows)
    }
    const targets = { 'timeline-v3': { batchSize: 8, send } }
    expect(await deliverAccount({ ...parts, targets }, stateOf(held))).toBe('lost')
    expect(await status('m1')).toMatchObject({ state: 'due' })
    expect(settled).toEqual([])
  })
})

describe("a failure that is everybody's", () => {
  it('pauses the account for longer each time, and a success clears the count', async () => {
    const { round, clock, leasable, store } = await stage([{}], (rows, calls) => (calls <= 3 ? DOWN : delivered(rows)))
    for (const pauseMs of [5 * SECOND, 10 * SECOND, 20 * SECOND]) {
      expect(await round()).toBe('paused')
      clock.ms += pauseMs - 1
      expect(await leasable()).toEqual([])
      clock.ms += 1
    }
    expect(await round()).toBe('idle')
    await store.enqueue([anEvent({ messageId: 'next', receivedAt: clock.ms })])
    expect(await leasable()).toMatchObject([{ pause: { failures: 0 } }])
  })

  it('halves the batch with each failure, so that an event which breaks HubSpot ends up alone', async () => {
    const { round, sent, clock } = await stage(
      severalEvents(8).map(({ messageId }) => ({ messageId })),
      () => DOWN,
    )
    for (let times = 0; times < 6; times++) {
      await round()
      clock.ms += SCHEDULE.maxMs
    }
    expect(sent.map((batch) => batch.length)).toEqual([8, 4, 2, 1, 1, 1])
  })

  it('an event which breaks HubSpot waits alone: the others are delivered', async () => {
    const { round, clock, store, leasable } = await stage(severalEvents(20).map(({ messageId }) => ({ messageId })), (rows) =>
      rows.some(({ messageId }) => messageId === 'm1') ? DOWN : delivered(rows),
    )
    for (let rounds = 0; rounds < 30 && (await store.audit()).delivered < 19; rounds++) {
      clock.ms = (await store.nextDueAt(clock.ms)) ?? clock.ms
      if ((await leasable()).length) clock.ms += 1
      await round()
    }
    expect(await store.audit()).toMatchObject({ delivered: 19, queued: 1, dead: 0 })
  })

  it('keeps the order of arrival, whatever chance says: what came first goes first after the pause', async () => {
    const arrived = severalEvents(6).map(({ messageId }, index) => ({ messageId, receivedAt: NOW - 6 + index }))
    const { round, sent, clock, parts } = await stage(arrived, (rows, calls) => (calls === 1 ? DOWN : delivered(rows)))
    let chance = 1
    parts.random = () => (chance /= 2)
    await round()
    clock.ms += SCHEDULE.maxMs
    await round()
    expect(sent.flat()).toEqual([...arrived, ...arrived].map(({ messageId }) => messageId))
  })

  it('a snooze pauses as long as HubSpot asked, costs no attempt, and is no failure', async () => {
    const slow: Delivery = { kind: 'whole', outcome: { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' } }
    const { round, clock, leasable, status } = await stage([{}], () => slow)
    expect(await round()).toBe('paused')
    expect(await status('m1')).toMatchObject({ attempts: 0, nextAttemptAt: NOW + 10_000, code: 'HUBSPOT_RATE_LIMITED' })
    clock.ms += 10_000 - 1
    expect(await leasable()).toEqual([])
    clock.ms += 1
    expect(await leasable()).toMatchObject([{ pause: { failures: 0 } }])
  })
})

describe('a failure for which HubSpot says how long to wait', () => {
  const LOCKED: Delivery = { kind: 'whole', outcome: { kind: 'retry', forMs: 2_000, code: 'HUBSPOT_UNAVAILABLE' } }

  it('pauses for as long, and counts', async () => {
    const { round, clock, leasable, status } = await stage([{}, { messageId: 'm2' }], () => LOCKED)
    expect(await round()).toBe('paused')
    expect(await status('m1')).toMatchObject({ attempts: 1, nextAttemptAt: NOW + 2_000, code: 'HUBSPOT_UNAVAILABLE' })
    clock.ms += 2_000 - 1
    expect(await leasable()).toEqual([])
    clock.ms += 1
    expect(await leasable()).toMatchObject([{ pause: { failures: 1 } }])
  })

  it('that a single event is the cause of, again and again, does not stop the others', async () => {
    const events = severalEvents(20).map(({ messageId }, index) => ({ messageId, subject: `person${index}`, receivedAt: NOW - 20 + index }))
    const { round, store, clock } = await stage(events, (rows) => (rows.some(({ messageId }) => messageId === 'm3') ? LOCKED : delivered(rows)))
    for (let rounds = 0; (await store.audit()).queued > 1 && rounds < 12; rounds++) {
      await round()
      clock.ms += 2_000
    }
    expect(await store.audit()).toMatchObject({ delivered: 19, queued: 1 })
  })
})

describe("a failure that is one event's own", () => {
  it('lets the others go on, and waits longer with each attempt', async () => {
    const missing: Outcome = { kind: 'retry', code: 'EVENT_TYPE_MISSING' }
    const { round, clock, status, log } = await stage([{ messageId: 'waits' }, { messageId: 'goes' }], (rows) => ({
      kind: 'each',
      outcomes: rows.map(({ messageId }) => (messageId === 'waits' ? missing : { kind: 'delivered' })),
    }))
    expect(await round()).toBe('idle')
    expect(await status('goes')).toMatchObject({ state: 'delivered' })
    expect(log).toMatchObject([{ story: 'delivery.attempted', delivered: 1, retry: 1, code: 'EVENT_TYPE_MISSING' }])
    const first = await status('waits')
    expect(first).toMatchObject({ state: 'due', attempts: 1, code: 'EVENT_TYPE_MISSING' })
    clock.ms = first?.nextAttemptAt ?? 0
    expect(clock.ms - NOW).toBeGreaterThan(0)
    expect(clock.ms - NOW).toBeLessThanOrEqual(10 * SECOND)
    await round()
    expect(await status('waits')).toMatchObject({ attempts: 2 })
    // The moments are common: 10 s apart for the second attempt of all, 20 s for the third, …
    expect(((await status('waits'))?.nextAttemptAt ?? 0) - clock.ms).toBeLessThanOrEqual(20 * SECOND)
  })

  it('those that wait for the same thing come back together, in the order of their arrival', async () => {
    let isThere = false
    const missing: Outcome = { kind: 'retry', code: 'EVENT_TYPE_MISSING' }
    const arrived = severalEvents(12).map(({ messageId }, index) => ({ messageId, receivedAt: NOW - 12 + index }))
    const { round, clock, sent, status, parts } = await stage(arrived, (rows) => ({
      kind: 'each',
      outcomes: rows.map(() => (isThere ? { kind: 'delivered' } : missing)),
    }))
    let chance = 1
    parts.random = () => (chance /= 2)
    await round()
    sent.length = 0
    isThere = true
    clock.ms = (await status('m1'))?.nextAttemptAt ?? 0
    await round()
    expect(sent.flat()).toEqual(arrived.map(({ messageId }) => messageId))
  })
})

describe('giving up', () => {
  it.each([
    ['an event that is not yet too old waits on', SCHEDULE.giveUpAfterMs - 3_600 * SECOND, { state: 'due', code: 'HUBSPOT_UNAVAILABLE' }],
    [
      'one as old as retries last is dead, and keeps what HubSpot said last',
      SCHEDULE.giveUpAfterMs,
      { state: 'dead', code: 'GAVE_UP', detail: 'HUBSPOT_UNAVAILABLE: internal error' },
    ],
  ])('%s', async (_, age, expected) => {
    const { round, status, clock } = await stage([{ receivedAt: NOW - age }], () => DOWN)
    for (let attempt = 1; attempt <= 5; attempt++) {
      await round()
      if (attempt < 5) clock.ms = (await status('m1'))?.nextAttemptAt ?? 0
    }
    expect(await status('m1')).toMatchObject(expected)
  })

  it('is not for the first failures after a long absence, nor for a wait that HubSpot asked for', async () => {
    const slow: Delivery = { kind: 'whole', outcome: { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' } }
    const { round, status, clock } = await stage([{ receivedAt: NOW - 2 * SCHEDULE.giveUpAfterMs }], (_, calls) => (calls % 2 ? slow : DOWN))
    for (let times = 0; times < 8; times++) {
      await round()
      clock.ms = (await status('m1'))?.nextAttemptAt ?? 0
    }
    expect(await status('m1')).toMatchObject({ state: 'due', attempts: 4 })
  })

  it('is for events that could not be delivered: an old one that HubSpot takes is delivered', async () => {
    const { round, status } = await stage([{ receivedAt: NOW - 10 * SCHEDULE.giveUpAfterMs }], delivered)
    await round()
    expect(await status('m1')).toMatchObject({ state: 'delivered' })
  })
})
