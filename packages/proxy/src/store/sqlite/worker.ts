import { parentPort, workerData } from 'node:worker_threads'
import { commitCalls } from './commit-calls.ts'
import type { Call } from './commit-calls.ts'
import { openDatabase } from './open-database.ts'
import { sqliteOutbox } from './operations.ts'

/** The thread that owns the SQLite file: a flush to disk stops this thread and nobody else. It takes groups of calls. */
const outbox = sqliteOutbox(openDatabase(workerData.path), workerData.plans)

parentPort?.on('message', (calls: Call[] | 'close') => {
  if (calls === 'close') {
    outbox.database.close()
    parentPort?.close()
    return
  }
  parentPort?.postMessage(commitCalls(outbox, calls))
})
