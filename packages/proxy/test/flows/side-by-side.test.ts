import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliverAccount } from '../../src/flows/deliver-events/deliver-account.ts'
import type { Delivery } from '../../src/hubspot/target.ts'
import type { Turns } from '../../src/hubspot/turns.ts'
import type { Row } from '../../src/outbox/event.ts'
import { until } from '../stage/until.ts'
import { anEvent, lease, LEASE_MS, NOW, SECOND } from '../store/behaviour/store-stage.ts'
import { accountStages, delivered, DOWN } from './account-stage.ts'

const stage = accountStages()

/** Events of this many people, one each. */
const ofPeople = (people: number) => Array.from({ length: people }, (_, index) => ({ messageId: `m${index}`, subject: `person${index}`, receivedAt: NOW - people + index }))

/** HubSpot answers when it is told to. */
function held() {
  const waiting: { rows: Row[]; answer: (delivery: Delivery) => void }[] = []
  const answer = (rows: Row[]) => new Promise<Delivery>((resolve) => waiting.push({ rows, answer: resolve }))
  return { waiting, answer, allDelivered: () => waiting.splice(0).forEach(({ rows, answer: reply }) => reply(delivered(rows))) }
}

describe('batches of one account', () => {
  it('are on their way side by side, as many as may be', async () => {
    const hubspot = held()
    const { round, store } = await stage(ofPeople(60), hubspot.answer)
    const ended = round({ mostInFlight: () => 4 })
    let most = 0
    await until('all are delivered', async () => {
      await until('four are on their way, or the rest', async () => hubspot.waiting.length === 4 || (await store.audit()).queued <= 32)
      most = Math.max(most, hubspot.waiting.length)
      hubspot.allDelivered()
      return (await store.audit()).delivered === 60
    })
    expect(await ended).toBe('idle')
    expect(most).toBe(4)
  })

  it('never hold rows of the same person at once, and each person keeps the order, whatever HubSpot takes its time for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }), fc.array(fc.nat(6), { minLength: 1 }), async (people, turnsOfLoop) => {
        const onTheirWay = new Set<string>()
        const arrived: Row[] = []
        const answer = async (rows: Row[], calls: number) => {
          const emails = new Set(rows.map(({ person }) => person.email ?? ''))
          for (const email of emails) expect(onTheirWay).not.toContain(email)
          emails.forEach((email) => onTheirWay.add(email))
          for (let turns = turnsOfLoop[calls % turnsOfLoop.length] ?? 0; turns > 0; turns--) await new Promise(setImmediate)
          arrived.push(...rows)
          emails.forEach((email) => onTheirWay.delete(email))
          return delivered(rows)
        }
        const { round } = await stage(people.map((person, index) => ({ messageId: String(index), subject: `p${person}`, receivedAt: NOW - 99 + index })), answer)
        await round({ mostInFlight: () => 8 })
        expect(arrived).toHaveLength(people.length)
        for (const person of new Set(people)) {
          const own = arrived.filter(({ person: { subject } }) => subject === `p${person}`).map(({ messageId }) => Number(messageId))
          expect(own).toEqual(own.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 12 },
    )
  })

  it('are full while others are on their way; the first go however few they hold', async () => {
    const hubspot = held()
    const { store, sent, parts, stateOf, clock } = await stage(ofPeople(3), hubspot.answer)
    const state = stateOf(await lease(store), { mostInFlight: () => 4 })
    const ended = deliverAccount(parts, state)
    const arrives = async (named: string, people: number) => {
      await store.enqueue(ofPeople(people).map((event) => anEvent({ ...event, messageId: `${named}${event.messageId}`, subject: `${named}${event.subject}` })))
      clock.ms += SECOND
      state.hasDue = true
      state.news.raise()
    }
    await until('the first is on its way', () => hubspot.waiting.length === 1)
    await arrives('a', 2)
    await until('the second is, too', () => hubspot.waiting.length === 2)
    await arrives('b', 5)
    await arrives('c', 5)
    await until('a full one is', () => hubspot.waiting.length === 3)
    await until('all are delivered', async () => {
      hubspot.allDelivered()
      return (await store.audit()).delivered === 15
    })
    await ended
    expect(sent.map((batch) => batch.length)).toEqual([3, 2, 8, 2])
  })

  /** Two batches of one target are in line: enough for now. Of another target nothing is due. */
  async function withTwoTargets() {
    const hubspot = held()
    const { store, parts, stateOf, clock } = await stage(ofPeople(24), hubspot.answer)
    const asked: string[] = []
    const claimDue: typeof store.claimDue = (held, query) => {
      asked.push(query.target)
      return store.claimDue(held, query)
    }
    const targets = { ...parts.targets, 'contact-properties': { batchSize: 8, send: async (rows: Row[]) => delivered(rows) } }
    const state = stateOf(await lease(store))
    const ended = deliverAccount({ ...parts, targets, store: { ...store, claimDue } }, state)
    await until('one is on its way', () => hubspot.waiting.length === 1)
    asked.length = 0
    const allDelivered = async () => {
      await until('all are delivered', async () => {
        hubspot.allDelivered()
        return (await store.audit()).delivered === 25
      })
      await ended
    }
    return { store, state, clock, asked, allDelivered }
  }

  it('of one target are claimed although only another was asked for what came last', async () => {
    const { store, state, clock, asked, allDelivered } = await withTwoTargets()
    await store.enqueue([anEvent({ messageId: 'late' })])
    clock.ms += SECOND
    state.hasDue = true
    state.news.raise()
    await until('the other was asked', () => asked.length > 0)
    expect(asked).toEqual(['contact-properties'])
    await allDelivered()
  })

  it('of a target that nobody says has something due are claimed, while another is busy, within two seconds', async () => {
    const { store, state, clock, asked, allDelivered } = await withTwoTargets()
    await store.enqueue([anEvent({ messageId: 'late', targets: ['contact-properties'] })])
    clock.ms += 2 * SECOND - 1
    state.news.raise()
    await new Promise(setImmediate)
    expect(asked).toEqual([])
    clock.ms += 1
    state.news.raise()
    await until('the other was asked', () => asked.length > 0)
    expect(asked).toEqual(['contact-properties'])
    await allDelivered()
  })

  it.each([
    { mostInFlight: 2, batches: 4 },
    { mostInFlight: 24, batches: 6 },
    { mostInFlight: 256, batches: 8 },
  ])('are claimed $batches at once where $mostInFlight may be on their way', async ({ mostInFlight, batches }) => {
    const { store, parts, stateOf } = await stage(ofPeople(1), delivered)
    const limits: number[] = []
    const claimDue: typeof store.claimDue = (held, query) => {
      limits.push(query.limit)
      return store.claimDue(held, query)
    }
    await deliverAccount({ ...parts, store: { ...store, claimDue } }, stateOf(await lease(store), { mostInFlight: () => mostInFlight }))
    expect(limits[0]).toBe(batches * 8)
  })

  it('fill up while HubSpot has no turn for them', async () => {
    const { round, sent } = await stage(ofPeople(8), delivered)
    let asked = 0
    const free = { answered: () => undefined, refused: () => undefined, cancel: () => undefined }
    const turns: Turns = { tryTake: () => (asked++ < 3 ? 1 : free), take: async () => free, isDaySpent: () => false, handover: () => '' }
    await round({ turns, mostInFlight: () => 4 })
    expect(sent.map((batch) => batch.length)).toEqual([8])
  })
})

describe('batches that fail side by side', () => {
  it('are one failure; one that succeeds among them ends no pause; what was not sent is as before', async () => {
    const hubspot = held()
    const { round, store, status, leasable, clock } = await stage(ofPeople(40), hubspot.answer)
    const ended = round({ mostInFlight: () => 3 })
    await until('three are on their way', () => hubspot.waiting.length === 3)
    const [first, second, third] = hubspot.waiting
    first?.answer(DOWN)
    second?.answer(DOWN)
    third?.answer(delivered(third.rows))
    expect(await ended).toBe('paused')
    expect(await store.audit()).toMatchObject({ delivered: 8, queued: 32 })
    expect(await leasable()).toEqual([])
    clock.ms += 5 * SECOND
    expect(await leasable()).toMatchObject([{ pause: { failures: 1 } }])
    expect(await status('m0')).toMatchObject({ attempts: 1, code: 'HUBSPOT_UNAVAILABLE' })
    expect(await status('m39')).toMatchObject({ attempts: 0 })
    expect(await status('m39')).not.toHaveProperty('code')
  })

  it('after them one batch shows whether HubSpot is back, then as many go at once as may', async () => {
    const hubspot = held()
    const { round, store, clock } = await stage(ofPeople(60), hubspot.answer)
    const failing = round({ mostInFlight: () => 3 })
    await until('three are on their way', () => hubspot.waiting.length === 3)
    hubspot.waiting.splice(0).forEach(({ answer }) => answer(DOWN))
    await failing
    clock.ms += 5 * SECOND
    const ended = round({ mostInFlight: () => 3 })
    await until('one is on its way', () => hubspot.waiting.length > 0)
    expect(hubspot.waiting).toHaveLength(1)
    hubspot.allDelivered()
    await until('three are on their way', () => hubspot.waiting.length === 3)
    await until('all are delivered', async () => {
      hubspot.allDelivered()
      return (await store.audit()).delivered === 60
    })
    await ended
  })
})

describe('a row that ends the process', () => {
  it('is given up after eight times, without being sent again, and the others go on', async () => {
    const { store, round, sent, clock, status } = await stage([{ messageId: 'harmful' }], delivered)
    for (let died = 0; died < 8; died++) {
      const held = await lease(store, { now: clock.ms })
      await store.claimDue(held, { target: 'timeline-v3', now: clock.ms, limit: 100 })
      clock.ms += LEASE_MS
    }
    await store.enqueue([anEvent({ messageId: 'harmless', receivedAt: clock.ms })])
    await round()
    expect(sent).toEqual([['harmless']])
    expect(await status('harmful')).toMatchObject({ state: 'dead', code: 'PROCESS_ENDED' })
    expect(await status('harmless')).toMatchObject({ state: 'delivered' })
  })
})

describe('a batch that fails as nobody foresaw', () => {
  it('is given back as it was: no process has ended', async () => {
    const { round, store, clock } = await stage([{}], () => Promise.reject(new Error('the disk failed')))
    await expect(round()).rejects.toThrow('the disk failed')
    clock.ms += LEASE_MS
    expect(await store.claimDue(await lease(store, { now: clock.ms }), { target: 'timeline-v3', now: clock.ms, limit: 9 })).toMatchObject([{ attempt: 1, abandoned: 0 }])
  })
})

describe("a day's requests", () => {
  it('that are used up pause the account for an hour, before HubSpot has to refuse', async () => {
    const { round, leasable, clock, sent, status } = await stage(ofPeople(12), (rows) => ({ ...delivered(rows), limits: { dailyRemaining: 0 } }))
    expect(await round()).toBe('paused')
    expect(sent).toHaveLength(1)
    expect(await status('m0')).toMatchObject({ state: 'delivered' })
    clock.ms += 3_600 * SECOND - 1
    expect(await leasable()).toEqual([])
    clock.ms += 1
    expect(await leasable()).toMatchObject([{ pause: { failures: 0 } }])
  })
})
