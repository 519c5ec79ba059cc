import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { callsTo } from '../../src/store/sqlite/calls-to.ts'
import { commitCalls } from '../../src/store/sqlite/commit-calls.ts'
import type { Call } from '../../src/store/sqlite/commit-calls.ts'
import { toEventRow } from '../../src/store/sqlite/event-row.ts'
import { openDatabase } from '../../src/store/sqlite/open-database.ts'
import { sqliteOutbox } from '../../src/store/sqlite/operations.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { until } from '../stage/until.ts'
import { anEvent, NOW } from './behaviour/store-stage.ts'

const ENDS = 10
const AUDIT: Call = { method: 'audit', args: [] }
const WRITE: Call = { method: 'checkWritable', args: [NOW] }
const WORKER = new URL('../../src/store/sqlite/worker.ts', import.meta.url)

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
    commit: (calls: Call[]) => commitCalls(sqliteOutbox(database, {}), calls),
    transactions: () => began.mock.calls.filter(([sql]) => sql.startsWith('begin')).length,
  }
}

describe('a group of calls', () => {
  it('of which one is at fault fails for that one alone', () => {
    const { commit } = openTwice()
    const bad: Call = { method: 'enqueue', args: [[toEventRow({ ...anEvent(), occurredAt: {} as number })]] }
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
    const answers = commit([{ method: 'enqueue', args: [[toEventRow(large)]] }, AUDIT])
    expect(answers).toEqual([1, 2].map(() => ({ failure: expect.stringMatching(/disk is full/) })))
    expect(transactions()).toBe(1)
    expect(commit([AUDIT])).toEqual([{ result: expect.objectContaining({ received: 0 }) }])
  })
})

describe('two groups that the thread has at once', () => {
  const events = (group: string, call: number) => [Array.from({ length: 16 }, (_, index) => toEventRow(anEvent({ messageId: `${group}-${call}-${index}` })))]
  const QUEUED = Array.from({ length: 16 }, () => 'queued')
  const DUPLICATE = Array.from({ length: 16 }, () => 'duplicate')

  function openCalls() {
    const folder = makeTempFolder()
    const threads: Worker[] = []
    const path = join(folder.path, 'outbox.db')
    const { call, close } = callsTo((bell) => {
      const thread = new Worker(WORKER, { workerData: { path, plans: {}, bell } })
      threads.push(thread)
      return thread
    })
    onTestFinished(async () => {
      await close()
      folder.remove()
    })
    /** Three groups and a half: the first two are given to the thread at once. */
    const send = (group: string) => Array.from({ length: 56 }, (_, at) => call('enqueue', events(group, at)))
    return { threads, call, close, send }
  }

  it('are each answered for themselves', async () => {
    const { call, send } = openCalls()
    await Promise.all([3, 20, 50].map((at) => call('enqueue', events('a', at))))
    expect(await Promise.all(send('a'))).toEqual(Array.from({ length: 56 }, (_, at) => ([3, 20, 50].includes(at) ? DUPLICATE : QUEUED)))
  })

  it('are each answered or refused when it ends, and so are all that wait; what was answered is stored', async () => {
    const { threads, call, send } = openCalls()
    await call('audit', [])
    const sent = send('a')
    await threads[0]?.terminate()
    const answered = (await Promise.allSettled(sent)).map(({ status }) => status === 'fulfilled')
    expect(answered).toContain(false)
    await until('the next one answers', () => call('audit', []).then(() => true, () => false))
    const again = await Promise.all(send('a'))
    expect(again.filter((_, at) => answered[at])).toEqual(answered.filter(Boolean).map(() => DUPLICATE))
    expect(await call('audit', [])).toMatchObject({ queued: 56 * 16 })
  })

  it('are answered, and all that wait, before it is closed', async () => {
    const { close, send } = openCalls()
    const sent = send('a')
    await Promise.all([close(), expect(Promise.all(sent)).resolves.toEqual(Array.from({ length: 56 }, () => QUEUED))])
  })

  it('a group that cannot be given to it is refused, and takes no answer of another', async () => {
    const { call, send } = openCalls()
    await call('audit', [])
    // A function cannot be copied to another thread. With it are the first fifteen, which have 240 events.
    const results = await Promise.allSettled([call('audit', [() => undefined]), ...send('a')])
    expect(results.map(({ status }) => status)).toEqual(results.map((_, at) => (at < 16 ? 'rejected' : 'fulfilled')))
    expect(await Promise.all(send('a'))).toEqual(Array.from({ length: 56 }, (_, at) => (at < 15 ? QUEUED : DUPLICATE)))
  })
})

describe('a thread that ends', () => {
  const UNAVAILABLE = { status: 'rejected', reason: { code: 'OUTBOX_UNAVAILABLE' } }

  it.each([
    ['without a word', 'process.exit(0)', /has ended/],
    ['with an error', "throw new Error('out of memory')", /out of memory/],
  ])('%s refuses the calls that it had and those that wait, says why, and is replaced', async (_, end, why) => {
    const script = `const { parentPort } = require('node:worker_threads')
      parentPort.on('message', (message) => { if (message === 'end') { ${end} } })`
    const started: Worker[] = []
    const ended = vi.fn()
    const { call } = callsTo(() => {
      started.push(new Worker(script, { eval: true }))
      return started.at(-1) as Worker
    }, ended)
    const committing = call('audit', [])
    // The turn in which the first call is on its way to the thread; what comes after waits here.
    await setImmediate()
    const waiting = call('audit', [])
    const refused = Promise.allSettled([committing, waiting])
    started[0]?.postMessage('end')
    expect(await refused).toMatchObject([UNAVAILABLE, UNAVAILABLE])
    expect(ended).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(why))
    expect(await Promise.allSettled([call('audit', [])])).toMatchObject([UNAVAILABLE])
    await until('another thread is there', () => started.length === 2)
    await started[1]?.terminate()
  })

  it('is replaced as soon as the system has a thread to give', async () => {
    const folder = makeTempFolder()
    onTestFinished(folder.remove)
    const threads: Worker[] = []
    const why: string[] = []
    let asked = 0
    const { call, close } = callsTo((bell) => {
      if (++asked === 2) throw new Error('no thread can be had')
      threads.push(new Worker(WORKER, { workerData: { path: join(folder.path, 'outbox.db'), plans: {}, bell } }))
      return threads.at(-1) as Worker
    }, (reason) => why.push(reason))
    await call('audit', [])
    await threads[0]?.terminate()
    await until('another thread answers', () => call('audit', []).then(() => true, () => false))
    expect(why).toEqual([expect.stringMatching(/has ended/), expect.stringMatching(/no thread can be had/)])
    await close()
  })

  it('again and again while events come in loses none that was answered, and the next one goes on where it ended', async () => {
    const folder = makeTempFolder()
    onTestFinished(folder.remove)
    const path = join(folder.path, 'outbox.db')
    let thread: Worker | undefined
    const { call, close } = callsTo((bell) => (thread = new Worker(WORKER, { workerData: { path, plans: {}, bell } })))
    onTestFinished(close)
    const enqueue = (messageId: string) => call('enqueue', [[toEventRow(anEvent({ messageId }))]])
    const answered: string[] = []
    let refused = 0
    const sendUntilRefused = async (name: string) => {
      for (let index = 0, isThere = true; isThere; index++) isThere = await enqueue(`${name}-${index}`).then(() => answered.push(`${name}-${index}`) > 0, () => false)
      refused += 1
    }
    for (let end = 0; end < ENDS; end++) {
      const before = answered.length
      const sending = Promise.all(Array.from({ length: 20 }, (_, sender) => sendUntilRefused(`${end}-${sender}`)))
      await until('it works again', () => answered.length >= before + 100)
      await thread?.terminate()
      await sending
      await until('the next one answers', () => call('audit', []).then(() => true, () => false))
    }
    process.stdout.write(`a thread that ended ${ENDS} times: ${answered.length} events answered, ${refused} calls refused\n`)
    const again = await Promise.all(answered.map(enqueue))
    expect(new Set(again.flat())).toEqual(new Set(['duplicate']))
  })

  it('before it could open its file is tried again until it can', async () => {
    const folder = makeTempFolder()
    onTestFinished(folder.remove)
    const path = join(folder.path, 'outbox.db')
    mkdirSync(path)
    const { call, close } = callsTo((bell) => new Worker(WORKER, { workerData: { path, plans: {}, bell } }))
    onTestFinished(close)
    await expect(call('audit', [])).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE', cause: expect.stringMatching(/unable to open/) })
    rmdirSync(path)
    expect(await until('it is back', () => call('audit', []).catch(() => false))).toMatchObject({ received: 0 })
  })
})
