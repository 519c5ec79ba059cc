import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { TrackError } from '../../errors.ts'
import type { DerivationPlan } from '../../outbox/derive.ts'
import type { Store } from '../../outbox/store.ts'
import type { Operations } from './operations.ts'
import type { Answer, Call } from './worker.ts'

/** Most calls that may wait for the disk; more are refused, so that a stuck disk cannot fill the memory. */
const MAX_WAITING_CALLS = 20_000
const RETRY_AFTER_SECONDS = 5
/** TypeScript here, JavaScript in the published package: as this file is. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)

const METHODS = [
  'enqueue', 'countRejected', 'leaseAccounts', 'renewLease', 'claimDue', 'settle', 'releaseLease', 'nextDueAt', 'claimUnidentified',
  'identify', 'giveUpUnidentified', 'findEvent', 'audit', 'readGrant', 'saveGrant', 'addTicket', 'takeTicket', 'forgetOld',
  'checkWritable',
] as const satisfies (keyof Operations)[]

interface WaitingCall extends Call {
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Opens the outbox in one SQLite file, written by a thread of its own.
 *
 * Calls that arrive while a group is being committed wait and share the next commit; there is no timer. The more arrive at once,
 * the fewer flushes each costs.
 *
 * @param path  of the file; it and its folder are made when absent
 * @throws TrackError `OUTBOX_UNAVAILABLE` when the file cannot be opened or written
 */
export async function openSqliteStore(path: string, plans: Record<string, DerivationPlan>): Promise<Store> {
  const worker = new Worker(WORKER, { workerData: { path, plans } })
  let waiting: WaitingCall[] = []
  let committing: WaitingCall[] = []
  let failure: TrackError | undefined

  worker.on('message', (answers: Answer[]) => {
    const answered = committing
    committing = []
    commitWaiting()
    answered.forEach((call, index) => settle(call, answers[index]))
  })
  worker.on('error', (error) => {
    failure = unavailable(error.message)
    for (const call of [...committing, ...waiting]) call.reject(failure)
    committing = waiting = []
  })

  worker.on('exit', () => {
    failure ??= unavailable('the thread that owns the file has ended')
  })

  function commitWaiting(): void {
    if (committing.length || !waiting.length) return
    committing = waiting
    waiting = []
    worker.postMessage(committing.map(({ method, args }) => ({ method, args })))
  }

  function call(method: keyof Operations, args: unknown[]): Promise<unknown> {
    if (failure) return Promise.reject(failure)
    if (waiting.length >= MAX_WAITING_CALLS) return Promise.reject(unavailable('too many calls wait for the disk'))
    return new Promise((resolve, reject) => {
      waiting.push({ method, args, resolve, reject })
      // One turn later, so that all requests read from the network in this turn share a commit.
      if (waiting.length === 1) setImmediate(commitWaiting)
    })
  }

  async function close(): Promise<void> {
    if (failure) return
    await call('nextDueAt', [0]).catch(() => undefined)
    failure = unavailable('the outbox is closed')
    const exited = once(worker, 'exit')
    worker.postMessage('close')
    await exited
  }

  const methods = Object.fromEntries(METHODS.map((method) => [method, (...args: unknown[]) => call(method, args)]))
  // Each method has the name, arguments and result of the worker's operation, which `Operations` derives from `Store`.
  const store = { ...methods, close } as unknown as Store
  await once(worker, 'online')
  await store.nextDueAt(0)
  return store
}

function settle(call: WaitingCall, answer: Answer | undefined): void {
  if (answer && 'result' in answer) call.resolve(answer.result)
  else call.reject(unavailable(answer?.failure ?? 'no answer'))
}

function unavailable(cause: string): TrackError {
  return new TrackError('OUTBOX_UNAVAILABLE', undefined, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS })
}
