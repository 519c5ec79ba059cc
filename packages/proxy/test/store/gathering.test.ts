import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { groupCommit } from '../../src/store/postgres/group-commit.ts'
import { callsTo } from '../../src/store/sqlite/calls-to.ts'
import type { EventRow } from '../../src/store/sqlite/event-row.ts'
import { unpackRows } from '../../src/store/sqlite/packed-rows.ts'

/** Longer than any group waits for more. */
const MANY_TURNS = 40

interface Groups {
  /** A call of so many events. */
  submit(events?: number): Promise<unknown>
  /** How many calls each had. */
  sizes(): number[]
}

function openPostgresGroups(maxSize = 1_000): Groups {
  const sizes: number[] = []
  const commit = async (calls: number[]) => {
    sizes.push(calls.length)
    await setImmediate()
    return calls
  }
  const { submit } = groupCommit({ commit, sizeOf: (events: number) => events, maxSize, isOneCallsFault: () => false })
  return { submit: (events = 1) => submit(events), sizes: () => sizes }
}

/** A thread that answers each group as soon as it has it. */
function openSqliteGroups(): Groups {
  const script = `const { parentPort } = require('node:worker_threads')
    parentPort.on('message', (message) => {
      if (message === 'close') process.exit()
      parentPort.postMessage({ areAllNew: true, answers: [] })
    })`
  const thread = new Worker(script, { eval: true })
  const posted = vi.spyOn(thread, 'postMessage')
  const { call, close } = callsTo(() => thread)
  onTestFinished(close)
  const rowsOf = (events: number): EventRow[] => Array.from({ length: events }, () => [[] as never, []])
  return {
    submit: (events = 1) => call('enqueue', [rowsOf(events)]),
    sizes: () => posted.mock.calls.map(([{ events }]) => unpackRows(events).length),
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}

function together({ submit }: Groups, count: number): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, () => submit()))
}

describe.each([['PostgreSQL', openPostgresGroups], ['SQLite', openSqliteGroups]])('a group of calls to %s', (_, open) => {
  it('is one call where one comes alone, and is committed at once', async () => {
    const groups = open()
    void groups.submit()
    await turns(3)
    expect(groups.sizes()).toEqual([1])
  })

  it('is all that were answered together, although they come again within some turns of each other', async () => {
    const groups = open()
    await together(groups, 8)
    await Promise.all(Array.from({ length: 8 }, async (_, call) => {
      await turns(1 + 3 * call)
      return groups.submit()
    }))
    expect(groups.sizes()).toEqual([8, 8])
  })

  it('waits for those who do not come again once, and not for long', async () => {
    const groups = open()
    await together(groups, 8)
    void groups.submit()
    await turns(MANY_TURNS)
    expect(groups.sizes()).toEqual([8, 1])
    await groups.submit()
    void groups.submit()
    await turns(3)
    expect(groups.sizes().at(-1)).toBe(1)
  })

  it('is large enough in the end, although each turn brings one more', async () => {
    const groups = open()
    for (let call = 0; call < 150; call++) {
      const nextTurn = setImmediate()
      void groups.submit()
      await nextTurn
    }
    await turns(MANY_TURNS)
    expect(groups.sizes()[0]).toBe(96)
  })
})

it.each([
  ['PostgreSQL', () => openPostgresGroups(256)],
  ['SQLite', openSqliteGroups],
])('a group of calls to %s is bounded by its events: what waits behind it is the next group, and a call with more goes alone', async (_, open) => {
  const groups = open()
  await Promise.all([10, 100, 146, 1, 500, 1, 0, 254, 1].map((events) => groups.submit(events)))
  expect(groups.sizes()).toEqual([3, 1, 1, 3, 1])
})

it('of many that wait for SQLite a group takes half, so that they take few flushes', async () => {
  const groups = openSqliteGroups()
  await Promise.all(Array.from({ length: 3_000 }, () => groups.submit()))
  expect(groups.sizes().slice(0, 5)).toEqual([256, 256, 1_244, 622, 311])
})

it('a full group is given to the thread in the turn that fills it, beside one that it has; what follows waits', async () => {
  const groups = openSqliteGroups()
  const answers = Array.from({ length: 56 }, () => groups.submit(16))
  expect(groups.sizes()).toEqual([16, 16])
  await answers[0]
  expect(groups.sizes()).toEqual([16, 16, 16])
  await Promise.all(answers)
  expect(groups.sizes()).toEqual([16, 16, 16, 8])
})

it.each([['PostgreSQL', openPostgresGroups, { message: 'too many events wait for the database' }], ['SQLite', openSqliteGroups, { code: 'OUTBOX_UNAVAILABLE' }]] as const)('no more than 20,000 events wait for %s, however few calls bring them', async (_, open, reason) => {
  const { submit } = open()
  const calls = Promise.allSettled(Array.from({ length: 200 }, () => submit(1_000)))
  const refused = (await calls).filter(({ status }) => status === 'rejected')
  // What is given to the thread at once does not wait any more.
  expect(refused.length).toBeGreaterThanOrEqual(200 - 20 - 3)
  expect(refused[0]).toMatchObject({ reason })
})

it('what brings no events waits for SQLite beside as many events as may wait: delivery goes on', async () => {
  // It never answers by itself.
  const thread = new Worker('process.stdin.resume()', { eval: true })
  const { call } = callsTo(() => thread)
  const rows: EventRow[] = Array.from({ length: 1_000 }, () => [[] as never, []])
  const calls = Array.from({ length: 100 }, () => call('enqueue', [rows]))
  const audit = call('audit', [])
  const all = Promise.allSettled([...calls, audit])
  await expect(calls.at(-1)).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE' })
  expect(await Promise.race([audit, turns(3).then(() => 'waits')])).toBe('waits')
  await thread.terminate()
  await all
})

it('the turns that a group waits are counted once, although the one before it was filled within its turn', async () => {
  // It never answers by itself.
  const thread = new Worker('process.stdin.resume()', { eval: true })
  const posted = vi.spyOn(thread, 'postMessage')
  const { call } = callsTo(() => thread)
  onTestFinished(async () => void (await thread.terminate()))
  const rows: EventRow[] = Array.from({ length: 16 }, () => [[] as never, []])
  // The first is looked after in the next turn; the seventeenth does not fit into the group that the others fill.
  const calls = Array.from({ length: 17 }, () => call('enqueue', [rows]))
  thread.emit('message', { areAllNew: true, answers: [] })
  await turns(12)
  expect(posted).toHaveBeenCalledTimes(1)
  await turns(MANY_TURNS)
  expect(posted).toHaveBeenCalledTimes(2)
  void Promise.allSettled(calls)
})
