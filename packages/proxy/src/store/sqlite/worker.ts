import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from './open-database.ts'
import { sqliteOperations } from './operations.ts'
import type { Operations } from './operations.ts'

/**
 * The thread that owns the SQLite file: a flush to disk stops this thread and nobody else.
 *
 * It takes groups of calls. A group is one transaction, hence one flush: that is the group commit.
 */
const database = openDatabase(workerData.path)
const operations = sqliteOperations(database, workerData.plans)

/** One call of a store's method, as it crosses to the worker. */
export interface Call {
  method: keyof Operations
  args: unknown[]
}

/** What came of a call, as it crosses back. */
export type Answer = { result: unknown } | { failure: string }

parentPort?.on('message', (calls: Call[] | 'close') => {
  if (calls === 'close') {
    database.close()
    parentPort?.close()
    return
  }
  parentPort?.postMessage(commit(calls))
})

/** All calls of the group in one transaction; when one fails, each in its own, so that it fails alone. */
function commit(calls: Call[]): Answer[] {
  try {
    const results = inTransaction(() => calls.map(run))
    return results.map((result) => ({ result }))
  } catch (error) {
    return calls.length > 1 ? calls.flatMap((call) => commit([call])) : [{ failure: String(error) }]
  }
}

function inTransaction<Result>(work: () => Result): Result {
  database.exec('begin immediate')
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

function run({ method, args }: Call): unknown {
  // The main thread built the arguments from the signature of this very method.
  const operation = operations[method] as (...args: unknown[]) => unknown
  return operation(...args)
}
