import type { DatabaseSync } from 'node:sqlite'
import { isOneCallsFault } from './is-one-calls-fault.ts'
import type { Operations } from './operations.ts'

/** One call of a store's method, as it crosses to the worker. */
export interface Call {
  method: keyof Operations
  args: unknown[]
}

/** What a command beside the service asks while it looks: these wait for no writer, and no writer waits for them. */
const READING: ReadonlySet<Call['method']> = new Set(['findEvent', 'audit', 'auditBySite', 'countRows', 'readGrant', 'nextDueAt'])

/** What came of a call, as it crosses back. */
export type Answer = { result: unknown } | { failure: string }

/**
 * Runs all calls of the group in one transaction, hence with one flush: that is the group commit. When one call is at fault, each
 * runs in its own, so that it fails alone; when the file is, all fail: each would wait for it in vain.
 */
export function commitCalls(database: DatabaseSync, operations: Operations, calls: Call[]): Answer[] {
  try {
    const opening = calls.every(({ method }) => READING.has(method)) ? 'begin' : 'begin immediate'
    return inTransaction(database, opening, () => calls.map((call) => run(operations, call))).map((result) => ({ result }))
  } catch (error) {
    if (calls.length > 1 && isOneCallsFault(error)) return calls.flatMap((call) => commitCalls(database, operations, [call]))
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

function run(operations: Operations, { method, args }: Call): unknown {
  // The main thread built the arguments from the signature of this very method.
  const operation = operations[method] as (...args: unknown[]) => unknown
  return operation(...args)
}
