import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Row } from '../../../src/outbox/event.ts'
import type { Store } from '../../../src/outbox/store.ts'
import { agreeOnAll, command, commandsRun, PEOPLE, UNKNOWN_PERSON } from './model.ts'
import type { Command, Model, Promised, Real } from './model.ts'
import { tending } from './modelled-tending.ts'
import { ACCOUNT, anEvent, connect, isExact, LEASE_MS, NOW, SECOND } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const RUNS = 150
const COMMANDS = 80
const RUNS_WITHIN_MS = 180_000
const MESSAGES = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']
const NODES = ['node-1', 'node-2', 'node-3'] as const

/** Any mixture of sending, leasing, claiming, settling, crashing and waiting keeps every promise. */
export function modelled(open: OpenStore): void {
  it('whatever happens in whatever order, the store does what a list in memory would do, and loses nothing', async () => {
    let account = ACCOUNT
    const { store, reopen } = await open()
    let current = store
    const onThisAccount = () => onAccount(current, account)
    const reopenOnAccount = async () => {
      current = await reopen()
      return onThisAccount()
    }
    await fc.assert(
      fc.asyncProperty(commands(), async (run) => {
        account += 1
        await connect(current, account)
        const model: Model = { now: NOW, epoch: 0, leasedUntil: 0, pausedUntil: 0, hasReopened: false, rows: new Map() }
        const nodes = Object.fromEntries(NODES.map((node) => [node, { lease: undefined, rows: [] }]))
        const real: Real = { account, store: onThisAccount(), nodes, reopen: reopenOnAccount }
        await fc.asyncModelRun(() => ({ model, real }), run)
        await agreeOnAll(model, real)
        expect(isExact(await current.audit())).toBe(true)
        // What this run leaves due must not be leased in the next.
        await current.saveGrant({ account, version: 2, state: 'reconnect', sealed: '', refreshAt: 0, expiresAt: 0 })
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    process.stdout.write(`model: ${RUNS} runs; commands so far ${JSON.stringify(Object.fromEntries(commandsRun))}\n`)
  }, RUNS_WITHIN_MS)
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
  const settled = fc.constantFrom('delivered' as const, 'dead' as const, 'retry' as const, 'snooze' as const, 'untried' as const)
  const pause = fc.option(fc.integer({ min: 1, max: 10 * SECOND }), { nil: undefined, freq: 5 })
  const way = [
    fc.tuple(fc.constantFrom(...PEOPLE), fc.constantFrom(...MESSAGES)).map(([subject, messageId]) => enqueue(subject, messageId)),
    node.map(leaseFor),
    fc.tuple(node, fc.integer({ min: 1, max: 5 })).map(([name, limit]) => claimFor(name, limit)),
    fc
      .tuple(node, settled, fc.integer({ min: 0, max: 20 * SECOND }), pause)
      .map(([name, kind, waitMs, pauseMs]) => settleFor(name, kind, { waitMs, pauseMs })),
  ]
  const others = [node.map(renew), node.map(crash), node.map(release), fc.integer({ min: 1, max: 15 * SECOND }).map(wait), ...tending(MESSAGES)]
  // The way of an event is what happens most.
  return fc.commands([...way, ...way, ...way, ...others], { maxCommands: COMMANDS, size: 'max' })
}

function enqueue(subject: string, messageId: string): Command {
  return command('send', `send ${subject} ${messageId}`, async (model, { store }) => {
    const key = `${subject} ${messageId}`
    const isKnown = model.rows.has(key)
    const email = subject === UNKNOWN_PERSON ? { email: undefined } : {}
    const sent = anEvent({ subject, messageId, receivedAt: model.now, ...email })
    expect(await store.enqueue([sent])).toEqual([isKnown ? 'duplicate' : 'queued'])
    if (!isKnown) model.rows.set(key, newRow(subject, model.now))
  })
}

function newRow(subject: string, now: number): Promised {
  const state = subject === UNKNOWN_PERSON ? 'needs_identity' : 'due'
  return { ...{ state, dueAt: now, receivedAt: now, retriedAt: 0, settledAt: 0, attempts: 0, abandoned: 0 }, claimedIn: undefined }
}

function leaseFor(name: string): Command {
  return command('leases', `${name} leases`, async (model, { store, nodes }) => {
    const leases = await store.leaseAccounts({ owner: name, now: model.now, leaseMs: LEASE_MS, limit: 5 })
    const isFree =
      Math.max(model.leasedUntil, model.pausedUntil) <= model.now && [...model.rows.values()].some((row) => row.state === 'due' && row.dueAt <= model.now)
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
  return command('claims', `${name} claims ${limit}`, async (model, { store, nodes }) => {
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

/** A holder may also say that the account is to pause: whatever is due waits then, once the lease is given back. */
function settleFor(name: string, kind: Kind, { waitMs, pauseMs }: { waitMs: number; pauseMs: number | undefined }): Command {
  const says = `${name} settles as ${kind}${pauseMs === undefined ? '' : ` and pauses for ${pauseMs} ms`}`
  return command('settles', says, async (model, { store, nodes }) => {
    const { lease, rows = [] } = nodes[name] ?? {}
    if (!lease) return
    const nextAttemptAt = model.now + waitMs
    const settlements = rows.map(({ seq }) => ({
      seq,
      outcome: { kind, code: 'GAVE_UP' as const, forMs: waitMs },
      nextAttemptAt,
    }))
    const pause = pauseMs === undefined ? {} : { pause: { until: model.now + pauseMs, failures: 1 } }
    const isHeld = lease.epoch === model.epoch
    expect(await store.settle(lease, { rows: settlements, now: model.now, ...pause })).toBe(isHeld)
    nodes[name] = { lease: isHeld ? lease : undefined, rows: [] }
    if (!isHeld) return
    if (pause.pause) model.pausedUntil = pause.pause.until
    for (const row of rows) Object.assign(promise(model, row), settledRow(promise(model, row), kind, { now: model.now, dueAt: nextAttemptAt }))
    for (const row of rows) await agree(model, store, row)
  })
}

type Kind = 'delivered' | 'dead' | 'retry' | 'snooze' | 'untried'

function settledRow({ attempts, abandoned }: Promised, kind: Kind, { now, dueAt }: { now: number; dueAt: number }): Partial<Promised> {
  if (kind === 'untried') return { attempts: attempts - 1, claimedIn: undefined }
  if (kind === 'delivered' || kind === 'dead') return { state: kind, dueAt: Infinity, settledAt: now, attempts, claimedIn: undefined, abandoned }
  return { state: 'due', dueAt, attempts: attempts - (kind === 'snooze' ? 1 : 0), claimedIn: undefined, abandoned: 0 }
}

async function agree(model: Model, store: Store, row: Row): Promise<void> {
  const { state, attempts } = promise(model, row)
  expect(
    await store.findEvent({ account: 0, site: 'main', messageId: row.messageId, subject: row.person.subject }),
  ).toMatchObject([{ state, attempts }])
}

function crash(name: string): Command {
  return command('crashes', `${name} crashes`, async (_model, { nodes }) => void (nodes[name] = { lease: undefined, rows: [] }))
}

/** It keeps the lease for as long again, unless another node has taken it meanwhile. */
function renew(name: string): Command {
  return command('renews', `${name} renews`, async (model, { store, nodes }) => {
    const { lease } = nodes[name] ?? {}
    if (!lease) return
    const isHeld = lease.epoch === model.epoch
    expect(await store.renewLease(lease, model.now + LEASE_MS)).toBe(isHeld)
    if (isHeld) model.leasedUntil = model.now + LEASE_MS
  })
}

function release(name: string): Command {
  return command('releases', `${name} releases`, async (model, { store, nodes }) => {
    const { lease } = nodes[name] ?? {}
    if (!lease) return
    await store.releaseLease(lease)
    if (lease.epoch === model.epoch) model.leasedUntil = 0
    nodes[name] = { lease: undefined, rows: [] }
  })
}

function wait(ms: number): Command {
  return command('wait', `${ms} ms pass`, async (model) => void (model.now += ms))
}

function promise(model: Model, row: Row): Promised {
  const promised = model.rows.get(keyOf(row))
  if (!promised) throw new Error(`a row was never promised: ${keyOf(row)}`)
  return promised
}

function keyOf({ person, messageId }: Row): string {
  return `${person.subject} ${messageId}`
}
