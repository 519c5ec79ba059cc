import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Row } from '../../../src/outbox/event.ts'
import type { Lease, Store } from '../../../src/outbox/store.ts'
import { ACCOUNT, anEvent, connect, isExact, LEASE_MS, NOW, SECOND } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const RUNS = 80
const COMMANDS = 40
const PEOPLE = ['ada', 'grace']
const MESSAGES = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']
const NODES = ['node-1', 'node-2', 'node-3'] as const

/** What must be true of a row; kept in memory, moved by the rules of the contract alone. */
interface Promised {
  state: 'due' | 'delivered' | 'dead'
  dueAt: number
  attempts: number
  /** The epoch of whoever has claimed it and not settled it. */
  claimedIn: number | undefined
  /** How often it was claimed and not settled. */
  abandoned: number
}

interface Model {
  now: number
  epoch: number
  leasedUntil: number
  received: number
  duplicate: number
  rows: Map<string, Promised>
}

/** A node believes to hold a lease, and holds rows, until it learns better; a crash forgets both. */
interface Node {
  lease: Lease | undefined
  rows: Row[]
}

interface Real {
  store: Store
  nodes: Record<string, Node>
}

type Command = fc.AsyncCommand<Model, Real>

/** Any mixture of sending, leasing, claiming, settling, crashing and waiting keeps every promise. */
export function modelled(open: OpenStore): void {
  it('whatever happens in whatever order, the store does what a list in memory would do, and loses nothing', async () => {
    let account = ACCOUNT
    const { store } = await open()
    await fc.assert(
      fc.asyncProperty(commands(), async (run) => {
        const isolated = onAccount(store, ++account)
        await connect(isolated, account)
        const setup = () => ({
          model: { now: NOW, epoch: 0, leasedUntil: 0, received: 0, duplicate: 0, rows: new Map() },
          real: { store: isolated, nodes: Object.fromEntries(NODES.map((node) => [node, { lease: undefined, rows: [] }])) },
        })
        await fc.asyncModelRun(setup, run)
        expect(isExact(await store.audit())).toBe(true)
        // What this run leaves due must not be leased in the next.
        await store.saveGrant({ account, version: 2, state: 'reconnect', sealed: '', refreshAt: 0, expiresAt: 0 })
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  })
}

/** The same store, with every event moved to an account of this run's own. */
function onAccount(store: Store, account: number): Store {
  return {
    ...store,
    enqueue: (events) => store.enqueue(events.map((event) => ({ ...event, account }))),
    findEvent: (query) => store.findEvent({ ...query, account }),
  }
}

function commands(): fc.Arbitrary<Iterable<Command>> {
  const node = fc.constantFrom(...NODES)
  const settled = fc.constantFrom('delivered' as const, 'dead' as const, 'retry' as const, 'snooze' as const)
  return fc.commands(
    [
      fc
        .tuple(fc.constantFrom(...PEOPLE), fc.constantFrom(...MESSAGES))
        .map(([subject, messageId]) => enqueue(subject, messageId)),
      node.map(leaseFor),
      fc.tuple(node, fc.integer({ min: 1, max: 5 })).map(([name, limit]) => claimFor(name, limit)),
      fc
        .tuple(node, settled, fc.integer({ min: 0, max: 20 * SECOND }))
        .map(([name, kind, waitMs]) => settleFor(name, kind, waitMs)),
      node.map(crash),
      node.map(release),
      fc.integer({ min: 1, max: 15 * SECOND }).map(wait),
    ],
    { maxCommands: COMMANDS, size: 'max' },
  )
}

function command(says: string, run: Command['run']): Command {
  return { check: () => true, run, toString: () => says }
}

function enqueue(subject: string, messageId: string): Command {
  return command(`send ${subject} ${messageId}`, async (model, { store }) => {
    const key = `${subject} ${messageId}`
    const isKnown = model.rows.has(key)
    expect(await store.enqueue([anEvent({ subject, messageId, receivedAt: model.now })])).toEqual([
      isKnown ? 'duplicate' : 'queued',
    ])
    model.received += 1
    if (isKnown) model.duplicate += 1
    else model.rows.set(key, { state: 'due', dueAt: model.now, attempts: 0, claimedIn: undefined, abandoned: 0 })
  })
}

function leaseFor(name: string): Command {
  return command(`${name} leases`, async (model, { store, nodes }) => {
    const leases = await store.leaseAccounts({ owner: name, now: model.now, leaseMs: LEASE_MS, limit: 5 })
    const isFree =
      model.leasedUntil <= model.now && [...model.rows.values()].some((row) => row.state === 'due' && row.dueAt <= model.now)
    expect(leases).toHaveLength(isFree ? 1 : 0)
    const [taken] = leases
    if (!taken) return
    model.epoch += 1
    model.leasedUntil = model.now + LEASE_MS
    expect(taken).toMatchObject({ epoch: model.epoch, until: model.leasedUntil })
    nodes[name] = { lease: taken, rows: [] }
  })
}

function claimFor(name: string, limit: number): Command {
  return command(`${name} claims ${limit}`, async (model, { store, nodes }) => {
    const { lease, rows: held = [] } = nodes[name] ?? {}
    if (!lease) return
    const rows = await store.claimDue(lease, { target: 'timeline-v3', now: model.now, limit })
    if (lease.epoch !== model.epoch) return expect(rows).toBeUndefined()
    const free = [...model.rows].filter(
      ([, row]) => row.state === 'due' && row.dueAt <= model.now && row.claimedIn !== model.epoch,
    )
    expect(rows).toHaveLength(claimable(free.map(([, row]) => row), limit))
    for (const row of rows ?? []) {
      const promised = promise(model, row)
      expect(free.map(([key]) => key)).toContain(keyOf(row))
      const abandoned = abandonedOf(promised)
      Object.assign(promised, { attempts: promised.attempts + 1, claimedIn: model.epoch, abandoned })
      expect(row).toMatchObject({ attempt: promised.attempts, abandoned })
    }
    nodes[name] = { lease, rows: [...held, ...(rows ?? [])] }
  })
}

function abandonedOf({ abandoned, claimedIn }: Promised): number {
  return abandoned + (claimedIn === undefined ? 0 : 1)
}

/** Of rows that were abandoned, a quarter as many each time; at least the first. */
function claimable(free: Promised[], limit: number): number {
  const sorted = free.toSorted((a, b) => a.dueAt - b.dueAt)
  const mostAbandoned = sorted.map((_, index) => Math.max(...sorted.slice(0, index + 1).map(abandonedOf)))
  return sorted.filter((_, index) => index === 0 || index < Math.floor(limit / 4 ** (mostAbandoned[index] ?? 0))).length
}

function settleFor(name: string, kind: 'delivered' | 'dead' | 'retry' | 'snooze', waitMs: number): Command {
  return command(`${name} settles as ${kind}`, async (model, { store, nodes }) => {
    const { lease, rows = [] } = nodes[name] ?? {}
    if (!lease) return
    const nextAttemptAt = model.now + waitMs
    const settlements = rows.map(({ seq }) => ({
      seq,
      outcome: { kind, code: 'GAVE_UP' as const, forMs: waitMs },
      nextAttemptAt,
    }))
    const isHeld = lease.epoch === model.epoch
    expect(await store.settle(lease, { rows: settlements, now: model.now })).toBe(isHeld)
    nodes[name] = { lease: isHeld ? lease : undefined, rows: [] }
    if (!isHeld) return
    for (const row of rows) Object.assign(promise(model, row), settledRow(promise(model, row), kind, nextAttemptAt))
    for (const row of rows) await agree(model, store, row)
  })
}

function settledRow({ attempts, abandoned }: Promised, kind: 'delivered' | 'dead' | 'retry' | 'snooze', dueAt: number): Promised {
  if (kind === 'delivered' || kind === 'dead') return { state: kind, dueAt: Infinity, attempts, claimedIn: undefined, abandoned }
  return { state: 'due', dueAt, attempts: attempts - (kind === 'snooze' ? 1 : 0), claimedIn: undefined, abandoned: 0 }
}

async function agree(model: Model, store: Store, row: Row): Promise<void> {
  const { state, attempts } = promise(model, row)
  expect(
    await store.findEvent({ account: 0, site: 'main', messageId: row.messageId, subject: row.person.subject }),
  ).toMatchObject([{ state, attempts }])
}

function crash(name: string): Command {
  return command(`${name} crashes`, async (_model, { nodes }) => void (nodes[name] = { lease: undefined, rows: [] }))
}

function release(name: string): Command {
  return command(`${name} releases`, async (model, { store, nodes }) => {
    const { lease } = nodes[name] ?? {}
    if (!lease) return
    await store.releaseLease(lease)
    if (lease.epoch === model.epoch) model.leasedUntil = 0
    nodes[name] = { lease: undefined, rows: [] }
  })
}

function wait(ms: number): Command {
  return command(`${ms} ms pass`, async (model) => void (model.now += ms))
}

function promise(model: Model, row: Row): Promised {
  const promised = model.rows.get(keyOf(row))
  if (!promised) throw new Error(`a row was never promised: ${keyOf(row)}`)
  return promised
}

function keyOf({ person, messageId }: Row): string {
  return `${person.subject} ${messageId}`
}
