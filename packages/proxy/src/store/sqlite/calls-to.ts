import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { TrackError } from '../../errors.ts'
import { createGathering } from '../gathering.ts'
import type { Answer, Call } from './commit-calls.ts'
import { packGroup, unpackAnswers } from './group-message.ts'
import type { AnswersMessage, GroupMessage } from './group-message.ts'

/** Most events that may wait for the disk; more are refused, so that a stuck disk cannot fill the memory. */
const MAX_WAITING_EVENTS = 20_000
/** What brings no events is let in beyond that: delivery goes on while no event is taken. */
const MAX_WAITING = 2 * MAX_WAITING_EVENTS
/** With more, either thread would have nothing to do while the other works. Of many that wait, half: a slow disk is not asked for a flush for each few. [docs/adr/0018] */
const maxSize = (waiting: number) => Math.max(256, waiting / 2)
/** A full group is given to the thread beside one that it has: it goes on without waiting for this thread to hear its answer. */
const MAX_GROUPS_WITH_THREAD = 2
const RETRY_AFTER_SECONDS = 5
/** A thread that could not even open the file is tried again after this. */
const RESTART_AFTER_MS = 1_000

interface WaitingCall extends Call {
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}

/** Told of a thread that has ended by itself, and why. Another takes its place. */
export type OnThreadEnd = (why: string) => void

/**
 * Calls the thread that owns the file, in groups: those that arrive while a group is being committed wait and share the next commit, as many as one may have.
 *
 * A thread that ends by itself (out of memory, say) is replaced: at once, or a second later when it had not answered anything, for as long
 * as it takes. The calls that it had are refused, since nobody knows which of them were committed. [docs/adr/0040]
 *
 * @param startThread  is given what the thread listens to: it finds a message when the first element grows
 * @param file  the file's path, for what is thrown
 * @returns call: rejects with TrackError `OUTBOX_UNAVAILABLE` when the file refuses, or while there is no thread
 */
export function callsTo(startThread: (bell: Int32Array) => Worker, onThreadEnd: OnThreadEnd = () => undefined, file?: string) {
  const gathering = createGathering<WaitingCall>({ sizeOf, maxSize })
  /** The groups that the thread has, in their order. */
  let committing: WaitingCall[][] = []
  let thread: Worker | undefined
  let bell: Int32Array
  let refusal: TrackError | undefined
  let isClosing = false
  let restart: NodeJS.Timeout | undefined
  let nextLook: NodeJS.Immediate | undefined
  start()

  function start(): void {
    bell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const started = startThread(bell)
    let why = 'the thread that owns the file has ended'
    let hasAnswered = false
    thread = started
    refusal = undefined
    started.on('message', (answers: AnswersMessage) => {
      hasAnswered = true
      answer(answers)
    })
    started.on('error', (error) => (why = error.message))
    started.once('exit', () => replace(why, hasAnswered ? 0 : RESTART_AFTER_MS))
  }

  function replace(why: string, afterMs: number): void {
    thread = undefined
    refuseAll(refusal ?? unavailable(why))
    if (isClosing) return
    onThreadEnd(why)
    restart = setTimeout(startAgain, afterMs).unref()
  }

  /** The system may have no thread to give just then. */
  function startAgain(): void {
    try {
      start()
    } catch (error) {
      replace(String(error), RESTART_AFTER_MS)
    }
  }

  /** Nobody is left to answer: whoever waits is told so. */
  function refuseAll(why: TrackError): void {
    refusal = why
    const refused = [...committing.flat(), ...gathering.takeAll()]
    committing = []
    for (const call of refused) call.reject(why)
  }

  function answer(message: AnswersMessage): void {
    const answered = committing.shift() ?? []
    giveFull()
    gather()
    const answers = unpackAnswers(answered, message)
    answered.forEach((call, index) => settle(call, answers[index]))
  }

  function giveFull(): void {
    while (gathering.isFull() && committing.length < MAX_GROUPS_WITH_THREAD) commitWaiting()
  }

  function gather(): void {
    // Whoever looks again looks from now on: two would count each turn twice.
    clearImmediate(nextLook)
    if (committing.length || !gathering.waiting()) return
    if (gathering.isComplete()) commitWaiting()
    else nextLook = setImmediate(gather)
  }

  function commitWaiting(): void {
    const group = gathering.take()
    try {
      post(packGroup(group))
    } catch (error) {
      // The thread does not have it, so no answer will be its.
      for (const call of group) call.reject(unavailable(String(error)))
      return
    }
    committing.push(group)
  }

  function post(message: GroupMessage | 'close'): void {
    thread?.postMessage(message)
    Atomics.add(bell, 0, 1)
    Atomics.notify(bell, 0)
  }

  function call(method: Call['method'], args: unknown[]): Promise<unknown> {
    if (refusal) return Promise.reject(refusal)
    const most = method === 'enqueue' ? MAX_WAITING_EVENTS : MAX_WAITING
    if (gathering.size() >= most) return Promise.reject(unavailable('too many events wait for the disk'))
    return new Promise((resolve, reject) => {
      gathering.add({ method, args, resolve, reject })
      giveFull()
      if (gathering.waiting() === 1) gather()
    })
  }

  async function close(): Promise<void> {
    isClosing = true
    clearTimeout(restart)
    await call('nextDueAt', [0]).catch(() => undefined)
    refusal = unavailable('the outbox is closed')
    if (!thread) return
    const exited = once(thread, 'exit')
    post('close')
    await exited
  }

  function settle(call: WaitingCall, answer: Answer | undefined): void {
    if (answer && 'result' in answer) call.resolve(answer.result)
    else call.reject(unavailable(answer?.failure ?? 'no answer'))
  }

  function unavailable(cause: string): TrackError {
    return new TrackError('OUTBOX_UNAVAILABLE', undefined, { cause, file, retryAfterSeconds: RETRY_AFTER_SECONDS })
  }

  return { call, close }
}

function sizeOf({ method, args: [rows] }: Call): number {
  return method === 'enqueue' ? (rows as unknown[]).length : 0 // The only argument of `enqueue`.
}
