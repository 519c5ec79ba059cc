import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { TrackError } from '../../errors.ts'
import type { Answer, Call } from './commit-calls.ts'

/** Most calls that may wait for the disk; more are refused, so that a stuck disk cannot fill the memory. */
const MAX_WAITING_CALLS = 20_000
const RETRY_AFTER_SECONDS = 5

interface WaitingCall extends Call {
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Calls the thread that owns the file, in groups: those that arrive while a group is being committed wait and share the next commit.
 * There is no timer.
 *
 * @returns call: rejects with TrackError `OUTBOX_UNAVAILABLE` when the file refuses, and for ever once the thread has ended
 */
export function callsTo(worker: Worker) {
  let waiting: WaitingCall[] = []
  let committing: WaitingCall[] = []
  let failure: TrackError | undefined

  worker.on('message', (answers: Answer[]) => {
    const answered = committing
    committing = []
    commitWaiting()
    answered.forEach((call, index) => settle(call, answers[index]))
  })
  worker.on('error', (error) => failAll(unavailable(error.message)))
  worker.on('exit', () => failAll(failure ?? unavailable('the thread that owns the file has ended')))

  /** Nobody is left to answer: whoever waits is told so. */
  function failAll(why: TrackError): void {
    failure = why
    for (const call of [...committing, ...waiting]) call.reject(why)
    committing = waiting = []
  }

  function commitWaiting(): void {
    if (committing.length || !waiting.length) return
    committing = waiting
    waiting = []
    worker.postMessage(committing.map(({ method, args }) => ({ method, args })))
  }

  function call(method: Call['method'], args: unknown[]): Promise<unknown> {
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

  return { call, close }
}

function settle(call: WaitingCall, answer: Answer | undefined): void {
  if (answer && 'result' in answer) call.resolve(answer.result)
  else call.reject(unavailable(answer?.failure ?? 'no answer'))
}

function unavailable(cause: string): TrackError {
  return new TrackError('OUTBOX_UNAVAILABLE', undefined, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS })
}
