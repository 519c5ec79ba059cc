import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { commitCalls } from './commit-calls.ts'
import { packAnswers, unpackGroup } from './group-message.ts'
import type { GroupMessage } from './group-message.ts'
import { openDatabase } from './open-database.ts'
import { sqliteOutbox } from './operations.ts'

/** What the thread is started with. */
export interface WorkerData {
  path: string
  plans: Parameters<typeof sqliteOutbox>[1]
  /** Its first element grows when a message has been posted. */
  bell: Int32Array
}

/**
 * The thread that owns the SQLite file: a flush to disk stops this thread and nobody else. It takes groups of calls.
 *
 * It has nothing else to do, so it sleeps until the bell is rung: that costs half of what being woken through an event loop does.
 */
function serveCalls(port: MessagePort, { path, plans, bell }: WorkerData): void {
  const outbox = sqliteOutbox(openDatabase(path), plans)
  for (let heard = 0; ; heard = Atomics.load(bell, 0)) {
    for (let posted = receiveMessageOnPort(port); posted; posted = receiveMessageOnPort(port)) {
      if (posted.message === 'close') return outbox.database.close()
      const calls = unpackGroup(posted.message as GroupMessage)
      port.postMessage(packAnswers(calls, commitCalls(outbox, calls)))
    }
    Atomics.wait(bell, 0, heard)
  }
}

if (parentPort) serveCalls(parentPort, workerData)
