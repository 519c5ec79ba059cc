import type { DerivationPlan } from '../../../src/outbox/derive.ts'
import type { NewEvent, Row } from '../../../src/outbox/event.ts'
import type { Audit, Lease, SealedGrant, Store } from '../../../src/outbox/store.ts'

export const NOW = Date.UTC(2026, 10, 22, 9)
export const SECOND = 1_000
export const DAY = 24 * 3_600_000
export const ACCOUNT = 62515
export const LEASE_MS = 10 * SECOND

/** A store to try, and the way to close it and open what it left behind. */
export interface StoreUnderTest {
  store: Store
  reopen(): Promise<Store>
}

/** Opens an empty store; it is closed and thrown away when the test ends. */
export type OpenStore = (plans?: Record<string, DerivationPlan>) => Promise<StoreUnderTest>

type Changes = Partial<Omit<NewEvent, 'person'>> & { subject?: string; email?: string | undefined; issuer?: string; sub?: string }

/** Ada's login; a test says what is different about its own. */
export function anEvent({ subject = 'ada', issuer, sub, ...changes }: Changes = {}): NewEvent {
  const email = 'email' in changes ? changes.email : `${subject}@example.com`
  const { email: _, ...rest } = changes
  const event = {
    account: ACCOUNT,
    site: 'main',
    messageId: 'm1',
    name: 'login',
    targets: ['timeline-v3'] as const,
    properties: { method: 'sso' },
    occurredAt: NOW,
    receivedAt: NOW,
    ...rest,
  }
  const person = { subject, ...(issuer === undefined ? {} : { issuer }), ...(sub === undefined ? {} : { sub }), ...(email === undefined ? {} : { email }) }
  return { eventId: `${event.account} ${event.site} ${subject} ${event.messageId}`, ...event, person }
}

/** Events m1, m2, … of one person. */
export function severalEvents(times: number, changes: Changes = {}): NewEvent[] {
  return Array.from({ length: times }, (_, index) => anEvent({ messageId: `m${index + 1}`, ...changes }))
}

export function aGrant(changes: Partial<SealedGrant> = {}): SealedGrant {
  return {
    account: ACCOUNT,
    version: 1,
    state: 'connected',
    sealed: 'sealed',
    refreshAt: NOW + DAY,
    expiresAt: NOW + DAY,
    ...changes,
  }
}

/** Rows are delivered for connected accounts only. */
export async function connect(store: Store, account = ACCOUNT): Promise<void> {
  await store.saveGrant(aGrant({ account }))
}

/** The lease of the one account that has something due. */
export async function lease(store: Store, { owner = 'node-1', now = NOW, leaseMs = LEASE_MS } = {}): Promise<Lease> {
  const [leased, ...others] = await store.leaseAccounts({ owner, now, leaseMs, limit: 10 })
  if (!leased || others.length) throw new Error(`one account was to be leased: got ${leased ? others.length + 1 : 0}`)
  const { pause: _, ...lease } = leased
  return lease
}

export async function claim(store: Store, held: Lease, { now = NOW, limit = 100 } = {}): Promise<Row[]> {
  const rows = await store.claimDue(held, { target: 'timeline-v3', now, limit })
  if (!rows) throw new Error('the lease was lost')
  return rows
}

/** Stores events and claims them, under the lease that is given back with them. */
export async function storeAndClaim(
  store: Store,
  events: NewEvent[],
  options: { now?: number } = {},
): Promise<{ held: Lease; rows: Row[] }> {
  await connect(store)
  await store.enqueue(events)
  const held = await lease(store, options)
  return { held, rows: await claim(store, held, options) }
}

export const NOTHING: Audit = { received: 0, duplicate: 0, rejected: 0, queued: 0, needsIdentity: 0, delivered: 0, dead: 0 }

/** True when everything ever received is accounted for. */
export function isExact({ received, ...rest }: Audit): boolean {
  return received === Object.values(rest).reduce((sum, promises) => sum + promises, 0)
}
