import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Row } from '../../../src/outbox/event.ts'
import type { Lease, Store } from '../../../src/outbox/store.ts'
import type { Outcome } from '../../../src/outcome.ts'
import { ACCOUNT, aGrant, anEvent, isExact, LEASE_MS, NOTHING, NOW } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const RUNS = 40
const STEPS = 40
const ACCOUNTS = [ACCOUNT, ACCOUNT + 1]
const NO_ROWS = { queued: 0, needsIdentity: 0, delivered: 0, dead: 0 }

/** What a history has in hand while it goes on. */
/** A busy disk takes its time for some thousand commits. */
const HISTORIES_WITHIN_MS = 180_000

interface Hand {
  now: number
  held: { lease: Lease; rows: Row[] }[]
}

type Step = (store: Store, hand: Hand) => Promise<unknown>

/** The counts that are kept with each change say at any moment what counting the rows would say. */
export function counting(open: OpenStore): void {
  it('after each step of any history the counts are what counting every row finds, site by site, and their sum is exact', async () => {
    const { store } = await open()
    for (const account of ACCOUNTS) await store.saveGrant(aGrant({ account }))
    const hand: Hand = { now: NOW, held: [] }
    const seen = new Set<string>()
    const history = fc.array(fc.oneof(...Object.values(steps())), { minLength: STEPS / 2, maxLength: STEPS })
    await fc.assert(
      fc.asyncProperty(history, async (taken) => {
        for (const step of taken) {
          await step(store, hand)
          hand.now += 1_000
          await expectCountsToAgree(store)
          for (const [count, promises] of Object.entries(await store.audit())) if (promises > 0) seen.add(count)
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    // The histories came by every count there is.
    expect(seen).toEqual(new Set(Object.keys(NOTHING)))
  }, HISTORIES_WITHIN_MS)
}

async function expectCountsToAgree(store: Store): Promise<void> {
  const [counted, bySite] = [await store.countRows(), await store.auditBySite()]
  for (const { site, stored, ...audit } of bySite) {
    expect(stored, site).toEqual(counted.get(site) ?? NO_ROWS)
    expect(isExact(audit), site).toBe(true)
  }
  expect(bySite.map(({ site }) => site)).toEqual(expect.arrayContaining([...counted.keys()]))
}

function steps(): Record<string, fc.Arbitrary<Step>> {
  const message = fc.record({
    account: fc.constantFrom(...ACCOUNTS),
    site: fc.constantFrom('main', 'shop'),
    subject: fc.constantFrom('ada', 'grace'),
    messageId: fc.integer({ min: 1, max: 60 }).map(String),
    isKnown: fc.boolean(),
  })
  const kind = fc.constantFrom('delivered' as const, 'dead' as const, 'retry' as const, 'snooze' as const)
  return {
    send: fc.array(message, { minLength: 1, maxLength: 6 }).map((messages) => (store, { now }) =>
      store.enqueue(messages.map(({ isKnown, ...each }) => ({
        ...anEvent({ ...each, receivedAt: now, ...(isKnown ? {} : { email: undefined }) }),
        targets: ['timeline-v3', 'contact-properties'],
      })))),
    reject: message.map(({ account, site }) => (store) => store.countRejected({ account, site, rejected: 2 })),
    identify: message.map(({ account, site, subject }) => (store, { now }) =>
      store.identify({ account, site, subject, email: 'ada@example.com', saidAt: now, now })),
    giveUp: fc.constant<Step>((store, { now }) => store.giveUpUnidentified({ receivedBefore: now - 8_000, now, limit: 100 })),
    claim: fc.integer({ min: 1, max: 8 }).map((limit) => (store, hand) => claim(store, hand, limit)),
    settle: fc.tuple(kind, kind).map((kinds) => (store, hand) => settle(store, hand, { kinds, which: 'oldest' })),
    deliver: fc.tuple(kind, kind).map((kinds) => async (store, hand) => {
      await claim(store, hand, 5)
      await settle(store, hand, { kinds, which: 'newest' })
    }),
    loseLeases: fc.constant<Step>(async (_, hand) => void (hand.now += LEASE_MS)),
    retry: fc.constantFrom('dead' as const, 'due' as const).map((state) => async (store, { now }) =>
      store.retryRows(await store.listRows({ state, limit: 3 }), now)),
    discard: fc.constantFrom('dead' as const, 'due' as const, 'needs_identity' as const, 'delivered' as const).map((state) => async (store) =>
      store.discardRows(await store.listRows({ state, limit: 2 }))),
    forget: fc.integer({ min: 1, max: 5 }).map((limit) => (store, { now }) => store.forgetOld({ now, deliveredBefore: now - 5_000, deadBefore: now - 20_000, identifiedBefore: 0, limit })),
  }
}

async function claim(store: Store, hand: Hand, limit: number): Promise<void> {
  for (const { pause: _, ...lease } of await store.leaseAccounts({ owner: 'node', now: hand.now, leaseMs: LEASE_MS, limit: 2 })) {
    const rows = (await store.claimDue(lease, { target: 'timeline-v3', now: hand.now, limit })) ?? []
    hand.held.push({ lease, rows })
  }
}

/** The oldest claim may have passed to somebody else by now, or have been settled by them. */
async function settle(store: Store, { held, now }: Hand, { kinds, which }: { kinds: Outcome['kind'][]; which: 'oldest' | 'newest' }): Promise<void> {
  const claimed = which === 'oldest' ? held.shift() : held.pop()
  if (!claimed) return
  const rows = claimed.rows.map(({ seq }, index) => {
    const kind = kinds[index % kinds.length] ?? 'delivered'
    return { seq, outcome: { kind, code: 'GAVE_UP' as const, forMs: 1 }, nextAttemptAt: now }
  })
  const isSettled = await store.settle(claimed.lease, { rows, now })
  // A second settle of the same rows changes nothing.
  if (isSettled) await store.settle(claimed.lease, { rows, now })
  await store.releaseLease(claimed.lease)
}
