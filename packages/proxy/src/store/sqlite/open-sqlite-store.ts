import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { NewEvent } from '../../outbox/event.ts'
import type { Plans } from '../../outbox/remember-event.ts'
import type { Store } from '../../outbox/store.ts'
import { callsTo } from './calls-to.ts'
import type { OnThreadEnd } from './calls-to.ts'
import { toEventRow } from './event-row.ts'
import type { Operations } from './operations.ts'
import type { WorkerData } from './worker.ts'

/** TypeScript here, JavaScript in the published package: as this file is. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)

const METHODS = [
  'countRejected', 'leaseAccounts', 'renewLease', 'claimDue', 'settle', 'releaseLease', 'nextDueAt', 'claimUnidentified',
  'identify', 'findIdentity', 'giveUpUnidentified', 'findEvent', 'audit', 'auditBySite', 'countRows', 'listRows', 'findRows', 'retryRows',
  'discardRows', 'accountStates', 'size', 'oldestWaiting', 'readGrant', 'saveGrant', 'claimRenewal', 'releaseRenewal', 'listSealed', 'replaceSealed',
  'readConnection', 'saveConnection', 'addTicket', 'takeTicket', 'forgetOld',
  'checkWritable',
  'readKeySet', 'writeKeySet', 'deny', 'readDenials', 'findPayloads', 'readSigningKeys', 'addSigningKey',
  'readContactWrites', 'noteContactWrites', 'forgetContactWrites', 'findSubjects', 'readRemembered', 'forgetPerson',
] as const satisfies (keyof Operations)[]

/**
 * Opens the outbox in one SQLite file, written by a thread of its own.
 *
 * Calls that arrive while a group is being committed wait and share the next commit; there is no timer. The more arrive at once,
 * the smaller the part of a flush that each pays for.
 *
 * @param path  of the file; it and its folder are made when absent
 * @param onThreadEnd  told when that thread has ended by itself; another has taken its place, or will
 * @throws TrackError `OUTBOX_UNAVAILABLE` when the file cannot be opened or written
 */
export async function openSqliteStore(path: string, plans: Plans, onThreadEnd?: OnThreadEnd): Promise<Store> {
  let isOpen = false
  // A first thread that ends is no secret: it refuses the opening.
  const onLaterEnd: OnThreadEnd = (why) => (isOpen ? onThreadEnd?.(why) : undefined)
  const { call, close } = callsTo((bell) => new Worker(WORKER, { workerData: { path, plans, bell } satisfies WorkerData }), onLaterEnd, path)
  const methods = Object.fromEntries(METHODS.map((method) => [method, (...args: unknown[]) => call(method, args)]))
  // Each method has the name, arguments and result of the worker's operation, which `Operations` derives from `Store`.
  const enqueue = (events: NewEvent[]) => call('enqueue', [events.map(toEventRow)])
  const store = { ...methods, enqueue, close } as unknown as Store
  await store.nextDueAt(0).catch(async (error: unknown) => {
    // A thread that lives on would keep the process from its end.
    await close()
    throw error
  })
  isOpen = true
  return store
}
