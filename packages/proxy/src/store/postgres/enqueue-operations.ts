import { isIdentified } from '../../outbox/event.ts'
import type { Plans } from '../../outbox/remember-event.ts'
import type { Store } from '../../outbox/store.ts'
import type { Database } from './database.ts'
import { enqueueGroup } from './enqueue-group.ts'
import type { Batch, Stored } from './enqueue-group.ts'
import { groupCommit } from './group-commit.ts'

/** Events that one transaction stores: it locks what is remembered of their people, and others wait for it. */
const MAX_EVENTS_IN_A_GROUP = 1_000
/**
 * SQLSTATE classes that blame a value (data exception, integrity violation, a limit of the program), not the database.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const BLAMES_A_VALUE = /^(22|23|54)/

/** @param tellDue  told of the account of each event that is new and due, once it is committed */
export function enqueueOperations(database: Database, plans: Plans, tellDue: (account: number) => void) {
  const group = groupCommit<Batch, Stored[]>({
    commit: (batches) => enqueueGroup(database, plans, batches),
    sizeOf: ({ events }) => events.length,
    maxSize: MAX_EVENTS_IN_A_GROUP,
    isOneCallsFault: (error) => BLAMES_A_VALUE.test(String(Reflect.get(Object(error), 'code'))),
  })

  const enqueue: Store['enqueue'] = async (events) => {
    const stored = await group.submit({ events, rejected: [] })
    for (const [index, event] of events.entries()) if (stored[index] === 'queued' && isIdentified(event)) tellDue(event.account)
    return stored
  }

  const countRejected: Store['countRejected'] = async (tally) => {
    await group.submit({ events: [], rejected: [tally] })
  }

  return { enqueue, countRejected, settled: group.settled }
}
