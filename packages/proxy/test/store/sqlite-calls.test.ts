import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { callsTo } from '../../src/store/sqlite/calls-to.ts'
import { commitCalls } from '../../src/store/sqlite/commit-calls.ts'
import type { Call } from '../../src/store/sqlite/commit-calls.ts'
import { openDatabase } from '../../src/store/sqlite/open-database.ts'
import { sqliteOperations } from '../../src/store/sqlite/operations.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { anEvent, NOW } from './behaviour/store-stage.ts'

const AUDIT: Call = { method: 'audit', args: [] }
const WRITE: Call = { method: 'checkWritable', args: [NOW] }

/** The tables as the worker has them, and another connection to the same file; nobody waits for the other. */
function openTwice() {
  const folder = makeTempFolder()
  const path = join(folder.path, 'outbox.db')
  const [database, other] = [openDatabase(path), new DatabaseSync(path, { timeout: 0 })]
  database.exec('pragma busy_timeout = 0')
  onTestFinished(() => {
    database.close()
    other.close()
    folder.remove()
  })
  const began = vi.spyOn(database, 'exec')
  return {
    ...{ database, other },
    commit: (calls: Call[]) => commitCalls(database, sqliteOperations(database, {}), calls),
    transactions: () => began.mock.calls.filter(([sql]) => sql.startsWith('begin')).length,
  }
}

describe('a group of calls', () => {
  it('of which one is at fault fails for that one alone', () => {
    const { commit } = openTwice()
    const bad: Call = { method: 'enqueue', args: [[{ ...anEvent(), occurredAt: {} }]] }
    const [written, refused, audit] = commit([WRITE, bad, AUDIT])
    expect([written, audit]).toEqual([{ result: undefined }, { result: expect.objectContaining({ received: 0 }) }])
    expect(refused).toEqual({ failure: expect.stringMatching(/TypeError/) })
  })

  it('that finds the file locked fails as a whole, having waited for it once', () => {
    const { commit, other, transactions } = openTwice()
    other.exec('begin immediate')
    const answers = commit([WRITE, AUDIT, WRITE])
    expect(answers).toEqual([1, 2, 3].map(() => ({ failure: expect.stringMatching(/database is locked/) })))
    expect(transactions()).toBe(1)
  })

  it('for which the disk has no room fails as a whole, and stores nothing', () => {
    const { commit, database, transactions } = openTwice()
    const pages = Number(database.prepare('pragma page_count').get()?.page_count)
    database.exec(`pragma max_page_count = ${pages}`)
    const large = anEvent({ properties: { method: 'x'.repeat(1_000_000) } })
    const answers = commit([{ method: 'enqueue', args: [[large]] }, AUDIT])
    expect(answers).toEqual([1, 2].map(() => ({ failure: expect.stringMatching(/disk is full/) })))
    expect(transactions()).toBe(1)
    expect(commit([AUDIT])).toEqual([{ result: expect.objectContaining({ received: 0 }) }])
  })
})

describe('a thread that ends', () => {
  const UNAVAILABLE = { status: 'rejected', reason: { code: 'OUTBOX_UNAVAILABLE' } }

  it.each([
    ['without a word', 'process.exit(0)'],
    ['with an error', "throw new Error('out of memory')"],
  ])('%s refuses the calls that it had, those that wait, and those that come', async (_, end) => {
    const script = `const { parentPort } = require('node:worker_threads')
      parentPort.on('message', (message) => { if (message === 'end') { ${end} } })`
    const worker = new Worker(script, { eval: true })
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    const { call } = callsTo(worker)
    const committing = call('audit', [])
    // The turn in which the first call is on its way to the thread; what comes after waits here.
    await setImmediate()
    const waiting = call('audit', [])
    const refused = Promise.allSettled([committing, waiting])
    worker.postMessage('end')
    expect(await refused).toMatchObject([UNAVAILABLE, UNAVAILABLE])
    await ended
    expect(await Promise.allSettled([call('audit', [])])).toMatchObject([UNAVAILABLE])
  })
})
