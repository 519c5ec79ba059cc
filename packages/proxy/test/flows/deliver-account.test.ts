import { describe, expect, it } from 'vitest'
import { deliverAccount } from '../../src/flows/deliver-events/deliver-account.ts'
import type { Delivery } from '../../src/hubspot/target.ts'
import type { Row } from '../../src/outbox/event.ts'
import type { RetrySchedule } from '../../src/outbox/retry-schedule.ts'
import type { Lease } from '../../src/outbox/store.ts'
import type { Outcome } from '../../src/outcome.ts'
import type { AccountState } from '../../src/flows/deliver-events/round.ts'
import { createTurns } from '../../src/hubspot/turns.ts'
import { createSignal } from '../../src/signal.ts'
import { ACCOUNT, anEvent, connect, lease, LEASE_MS, NOW, SECOND, severalEvents } from '../store/behaviour/store-stage.ts'
import { sqliteStores } from '../store/open-sqlite.ts'

const open = sqliteStores()
const SCHEDULE: RetrySchedule = { firstMs: 10 * SECOND, maxMs: 3_600 * SECOND, giveUpAfterMs: 72 * 3_600 * SECOND }
const DOWN: Delivery = { kind: 'whole', outcome: { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail: 'internal error' } }
const delivered = (rows: Row[]): Delivery => ({ kind: 'each', outcomes: rows.map(() => ({ kind: 'delivered' })) })

/** An account with events stored and leased; HubSpot is the function, chance and clock stand still unless moved. */
async function stage(events: Parameters<typeof anEvent>[0][], answer: (rows: Row[], calls: number) => Delivery) {
  const { store } = await open()
  await connect(store)
  await store.enqueue(events.map(anEvent))
  const clock = { ms: NOW }
  const sent: string[][] = []
  const settled: [string, Outcome['kind']][] = []
  const log: Record<string, unknown>[] = []
  const parts = {
    store,
    targets: {
      'timeline-v3': {
        batchSize: 8,
        send: async (rows: Row[]) => answer(rows, sent.push(rows.map(({ messageId }) => messageId))),
      },
    },
    schedule: SCHEDULE,
    now: () => new Date(clock.ms),
    random: () => 0.5,
    log: (line: Record<string, unknown>, story: string) => void log.push({ story, ...line }),
    onSettled: (rows: readonly Row[], outcomes: readonly Outcome[]) => {
      rows.forEach(({ messageId }, index) => settled.push([messageId, outcomes[index]?.kind ?? 'retry']))
    },
    accessToken: async () => ({ kind: 'token' as const, accessToken: 'token' }),
  }
  const stateOf = (held: Lease, changes: Partial<AccountState> = {}): AccountState => ({
    ...{ lease: held, failures: 0, news: createSignal(), hasDue: true, dueAgainAt: Infinity, isStopping: () => false, isLost: () => false },
    turns: createTurns({ now: parts.now, sleep: async () => undefined }, '{"slots":[],"share":1,"max":1000000}'),
    ...{ lingerMs: () => 0, mostInFlight: () => 1 },
    ...changes,
  })
  /** Serves the account once, as it is leased then, with the failures that the store remembers. */
  const round = async (changes: Partial<AccountState> = {}, owner = 'node-1') => {
    const [taken] = await store.leaseAccounts({ owner, now: clock.ms, leaseMs: LEASE_MS, limit: 1 })
    if (!taken) throw new Error('nothing is due')
    const end = await deliverAccount(parts, stateOf(taken, { failures: taken.pause.failures, ...changes }))
    await store.releaseLease(taken)
    return end
  }
  const status = async (messageId: string) => (await store.findEvent({ account: ACCOUNT, site: 'main', messageId }))[0]
  const leasable = () => store.leaseAccounts({ owner: 'looks', now: clock.ms, leaseMs: 1, limit: 1 })
  return { store, clock, sent, settled, log, parts, round, stateOf, status, leasable }
}

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

  it('stops between batches when the process is to stop', async () => {
    const { round, sent } = await stage(
      severalEvents(20).map(({ messageId }) => ({ messageId })),
      delivered,
    )
    expect(await round({ isStopping: () => sent.length > 0 })).toBe('idle')
    expect(sent).toHaveLength(1)
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
