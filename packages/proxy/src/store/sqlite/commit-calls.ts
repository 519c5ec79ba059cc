import type { DatabaseSync } from 'node:sqlite'
import { isOneCallsFault } from './is-one-calls-fault.ts'
import type { OpenOutbox, Operations } from './operations.ts'

/** One call of a store's method, as it crosses to the worker. */
export interface Call {
  method: keyof Operations
  args: unknown[]
}

/** What came of a call, as it crosses back. */
export type Answer = { result: unknown } | { failure: string }

/** What a command beside the service asks while it looks: these wait for no writer, and no writer waits for them. */
const READING: ReadonlySet<Call['method']> = new Set([
  'findEvent', 'audit', 'auditBySite', 'countRows', 'readGrant', 'nextDueAt', 'listRows', 'findRows', 'accountStates',
  'size', 'oldestWaiting', 'readKeySet', 'readDenials', 'findPayloads', 'readSigningKeys', 'readContactWrites',
])

/** Operations that only add to what is noted, and read none of it. */
const NOTES_ONLY: ReadonlySet<Call['method']> = new Set(['enqueue', 'countRejected'])

/**
 * Runs all calls of the group in one transaction, hence with one flush: that is the group commit. When one call is at fault, each
 * runs in its own, so that it fails alone; when the file is, all fail: each would wait for it in vain.
 */
export function commitCalls(outbox: OpenOutbox, calls: Call[]): Answer[] {
  const { database, notes } = outbox
  try {
    const opening = calls.every(({ method }) => READING.has(method)) ? 'begin' : 'begin immediate'
    return inTransaction(database, opening, () => {
      const results = calls.map((call) => run(outbox, call))
      notes.write()
      return results.map((result) => ({ result }))
    })
  } catch (error) {
    notes.clear()
    if (calls.length > 1 && isOneCallsFault(error)) return calls.flatMap((call) => commitCalls(outbox, [call]))
    return calls.map(() => ({ failure: String(error) }))
  }
}

function inTransaction<Result>(database: DatabaseSync, opening: string, work: () => Result): Result {
  database.exec(opening)
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    // A full disk makes SQLite roll back by itself; then there is no transaction left to end.
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

function run({ operations, notes }: OpenOutbox, { method, args }: Call): unknown {
  if (!NOTES_ONLY.has(method)) notes.write()
  // The main thread built the arguments from the signature of this very method.
  const operation = operations[method] as (...args: unknown[]) => unknown
  return operation(...args)
}
