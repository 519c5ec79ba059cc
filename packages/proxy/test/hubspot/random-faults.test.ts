import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventIdOf } from '../../src/outbox/event-id.ts'
import { TARGETS } from '../../src/outbox/event.ts'
import type { TargetName } from '../../src/outbox/event.ts'
import { until } from '../stage/until.ts'
import { openFaultStage, POISON, PORTAL } from './fault-stage.ts'

/** Each target gets so many events; 10,000 take some minutes. */
const EVENTS = Number(process.env.TRACKLINE_TEST_FAULT_EVENTS ?? 1_500)
const SEED = Number(process.env.TRACKLINE_TEST_SEED ?? 20261124)
const PEOPLE = 60
const EVENTS_OF_A_REQUEST = 50
/** Small, so that even few events take many requests. */
const BATCH_SIZE = 20
const POISON_EVERY = 300
const FAULTS = Math.max(12, Math.ceil(EVENTS / 40))
const TEST_TIMEOUT_MS = 120_000 + EVENTS * 60
const DAY_MS = 24 * 3_600_000

const FAULT_KINDS = [
  { drop: true },
  { resetAfterAccept: true },
  { status: 500 },
  { status: 503 },
  { status: 401 },
  { delayMs: 100 },
  { status: 423, retryAfterSeconds: 1 },
  { status: 429, policyName: 'SECONDLY' },
] as const

/** Numbers that look random and are the same for the same seed (mulberry32). */
function seedRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Sent {
  messageId: string
  email: string
  timestamp: string
  properties: { method: string; number: number; note: string; since: string }
}

function newEvents(start: number): Sent[] {
  return Array.from({ length: EVENTS }, (_, index) => ({
    messageId: `m${index}`,
    email: `person-${index % PEOPLE}@example.com`,
    timestamp: new Date(start + index).toISOString(),
    properties: {
      method: index % POISON_EVERY === POISON_EVERY - 1 ? POISON : index % 2 === 0 ? 'sso' : 'password',
      number: index,
      note: `[n${index}](https://evil.example)`,
      since: new Date(start - index).toISOString(),
    },
  }))
}

type FaultStage = Awaited<ReturnType<typeof openFaultStage>>

/** Keeps one thing going wrong after the other, until so many have. */
async function goWrong({ emulated }: FaultStage, random: () => number, isDone: () => boolean): Promise<void> {
  for (let faults = 0; faults < FAULTS && !isDone(); ) {
    const pending = await emulated<unknown[]>('/_emulator/faults')
    if (pending.length < 2) {
      faults += 1
      // Each kind in its turn, then by chance: none is missing where there are few.
      const kind = FAULT_KINDS[faults <= FAULT_KINDS.length ? faults - 1 : Math.floor(random() * FAULT_KINDS.length)]
      await emulated('/_emulator/faults', 'POST', { path: '/batch', ...kind })
    }
    await pause(random() * 20)
  }
}

async function sendAll(stage: FaultStage, events: Sent[]): Promise<void> {
  for (let from = 0; from < events.length; from += EVENTS_OF_A_REQUEST) {
    const batch = events.slice(from, from + EVENTS_OF_A_REQUEST).map((event) => ({ event: 'login', ...event }))
    expect((await stage.byServer(batch)).status).toBe(202)
  }
}

/** Everything is sent while everything goes wrong; afterwards nothing waits any more. */
async function sendUnderFaults(target: TargetName) {
  const stage = await openFaultStage(target, { batchSize: BATCH_SIZE })
  onTestFinished(stage.close)
  const events = newEvents(Date.now() - DAY_MS)
  let isSettled = false
  const wrong = goWrong(stage, seedRandom(SEED), () => isSettled)
  await sendAll(stage, events)
  const audit = await until('nothing waits any more', async () => {
    const counts = await stage.audit()
    return counts.queued === 0 && counts
  }, TEST_TIMEOUT_MS)
  isSettled = true
  await wrong
  const poisoned = events.filter(({ properties }) => properties.method === POISON)
  // On a contact, a value that HubSpot would refuse may be overtaken by the next one before it is sent.
  const dead = target === 'contact-properties' ? Math.min(audit.dead, poisoned.length) : poisoned.length
  expect(dead).toBeGreaterThan(0)
  expect(audit).toMatchObject({ received: EVENTS, delivered: EVENTS - dead, dead })
  const answers = await stage.answers()
  process.stdout.write(`${target}: ${EVENTS} events, seed ${SEED}, answers ${JSON.stringify(Object.fromEntries(answers))}\n`)
  return { stage, good: events.filter((event) => !poisoned.includes(event)), poisoned, answers }
}

async function expectReason(stage: FaultStage, { messageId, email }: Sent): Promise<void> {
  const [row] = await stage.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId, subject: email })
  expect(row).toMatchObject({ state: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: expect.stringContaining(POISON) })
}

interface Stored {
  id: string
  email: string
  timestamp: string
  writes: number
  tokens?: Record<string, string>
  properties?: Record<string, string>
}

/** How a target shows the values: v1 and v3 in words of their own, custom events under internal names; all as text. */
function expectedValues({ properties: { method, number, since } }: Sent) {
  return { method, number: String(number), since: String(Date.parse(since)) }
}

describe.each(TARGETS.filter((target) => target !== 'contact-properties'))('%s under random faults', (target) => {
  it(`has each of ${EVENTS} accepted events once, with its id, time, values and contact; the bad ones die with HubSpot's reason`, async () => {
    const { stage, good, poisoned, answers } = await sendUnderFaults(target)
    const stored = await stage.emulated<Stored[]>('/_emulator/events')
    const byNumber = new Map(stored.map((event) => [Number((event.properties ?? event.tokens)?.number), event]))
    expect([stored.length, byNumber.size, new Set(stored.map(({ id }) => id)).size]).toEqual([good.length, good.length, good.length])
    for (const event of good) {
      const kept = byNumber.get(event.properties.number)
      const values = kept?.properties ?? kept?.tokens
      expect(kept).toMatchObject({ email: event.email, timestamp: event.timestamp })
      expect(values).toMatchObject(expectedValues(event))
      expect(values?.note).toContain(`n${event.properties.number}]`)
      if (target === 'custom-events') continue
      expect(kept?.id).toBe(eventIdOf({ account: PORTAL, site: 'main', subject: event.email, messageId: event.messageId }))
    }
    for (const event of poisoned) await expectReason(stage, event)
    // The faults did happen, and the refusals that only HubSpot itself can give too.
    for (const status of ['500', '401', 'dropped', 'reset']) expect(answers.get(status), status).toBeGreaterThan(0)
    if (target === 'timeline-v3') expect(answers.get('207')).toBeGreaterThan(0)
    if (target === 'app-events') expect(answers.get('409')).toBeGreaterThan(0)
  }, TEST_TIMEOUT_MS)
})

describe('contact-properties under random faults', () => {
  it(`has the values of the latest of ${EVENTS} accepted events on each contact; the bad ones die with HubSpot's reason`, async () => {
    const { stage, good, poisoned, answers } = await sendUnderFaults('contact-properties')
    const latest = new Map(good.map((event) => [event.email, event]))
    for (const [email, event] of latest) {
      const contact = await stage.emulated<{ properties: Record<string, string> }>(`/_emulator/contacts/${email}`)
      const known = [...good, ...poisoned].filter((each) => each.email === email)
      const position = known.toSorted((a, b) => a.properties.number - b.properties.number).indexOf(event) + 1
      expect(contact.properties).toMatchObject({ login_method: event.properties.method, login_count: String(position) })
    }
    const { store } = stage.server.parts
    for (const event of poisoned) {
      const [row] = await store.findEvent({ account: PORTAL, site: 'main', messageId: event.messageId, subject: event.email })
      if (row?.state === 'dead') await expectReason(stage, event)
    }
    expect(answers.get('207')).toBeGreaterThan(0)
  }, TEST_TIMEOUT_MS)
})

describe.each(TARGETS)('%s: one bad event among 100', (target) => {
  it('is found with 2·log2(100) further requests at most, and dies alone, with the reason of HubSpot', async () => {
    const stage = await openFaultStage(target, { batchSize: 100 })
    onTestFinished(stage.close)
    const start = Date.now() - DAY_MS
    for (const [round, position] of [0, 49, 99].entries()) {
      await stage.emulated('/_emulator/requests', 'DELETE')
      const events = newEvents(start + round * 1_000).slice(0, 100).map((event, index) => ({
        ...event,
        messageId: `${round}-${index}`,
        email: `person-${round}-${index}@example.com`,
        properties: { ...event.properties, method: index === position ? POISON : 'sso' },
      }))
      await stage.byServer(events.map((event) => ({ event: 'login', ...event })))
      await until('all are settled', async () => (await stage.audit()).queued === 0)
      expect(await stage.audit()).toMatchObject({ delivered: 99 * (round + 1), dead: round + 1 })
      const bad = events[position]
      if (bad) await expectReason(stage, bad)
      const calls = [...(await stage.answers()).values()].reduce((sum, count) => sum + count, 0)
      expect(calls - 1).toBeLessThanOrEqual(2 * Math.log2(100))
    }
  })
})
