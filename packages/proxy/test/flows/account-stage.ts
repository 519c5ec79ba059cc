import { deliverAccount } from '../../src/flows/deliver-events/deliver-account.ts'
import type { AccountState } from '../../src/flows/deliver-events/round.ts'
import type { Delivery } from '../../src/hubspot/target.ts'
import { createTurns } from '../../src/hubspot/turns.ts'
import type { Row } from '../../src/outbox/event.ts'
import type { RetrySchedule } from '../../src/outbox/retry-schedule.ts'
import type { Lease, Store } from '../../src/outbox/store.ts'
import type { Outcome } from '../../src/outcome.ts'
import { createSignal } from '../../src/signal.ts'
import { ACCOUNT, anEvent, connect, LEASE_MS, NOW, SECOND } from '../store/behaviour/store-stage.ts'
import { sqliteStores } from '../store/open-sqlite.ts'

export const SCHEDULE: RetrySchedule = { firstMs: 10 * SECOND, maxMs: 3_600 * SECOND, giveUpAfterMs: 72 * 3_600 * SECOND }
export const DOWN: Delivery = { kind: 'whole', outcome: { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail: 'internal error' } }
export const delivered = (rows: Row[]): Delivery => ({ kind: 'each', outcomes: rows.map(() => ({ kind: 'delivered' })) })

export type Answer = (rows: Row[], calls: number) => Delivery | Promise<Delivery>

/** Accounts with events stored; HubSpot is the function, chance and clock stand still unless moved. */
export function accountStages() {
  const open = sqliteStores()
  return async (events: Parameters<typeof anEvent>[0][], answer: Answer) => stageOn((await open()).store, events, answer)
}

async function stageOn(store: Store, events: Parameters<typeof anEvent>[0][], answer: Answer) {
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
    ...{ lease: held, failures: 0, news: createSignal(), hasDue: true, dueAgainAt: Infinity, aloneFor: undefined, mayBeAlone: () => true, suspect: undefined, isStopping: () => false, isEnding: () => false, isLost: () => false },
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
