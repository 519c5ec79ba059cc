import type { DatabaseSync } from 'node:sqlite'
import type { Plans } from '../../outbox/remember-event.ts'
import type { Store } from '../../outbox/store.ts'
import { contactOperations } from './contact-operations.ts'
import { deliveryOperations } from './delivery-operations.ts'
import { enqueueOperations } from './enqueue-operations.ts'
import type { EventRow } from './event-row.ts'
import { grantOperations } from './grant-operations.ts'
import { createGroupNotes } from './group-notes.ts'
import type { GroupNotes } from './group-notes.ts'
import { identityOperations } from './identity-operations.ts'
import { inspectOperations } from './inspect-operations.ts'
import { measureOperations } from './measure-operations.ts'
import { privacyOperations } from './privacy-operations.ts'
import { sealedOperations } from './sealed-operations.ts'
import { tendOperations } from './tend-operations.ts'
import { talliesTable } from './tallies-table.ts'
import { sessionOperations } from './session-operations.ts'

/** A store's method as the worker runs it: at once, inside a transaction that others share. */
type Operation<Method> = Method extends (...args: infer Args) => Promise<infer Result> ? (...args: Args) => Result : never

export type Operations = { [Name in Exclude<keyof Store, 'close' | 'onDue' | 'onClock' | 'enqueue'>]: Operation<Store[Name]> } & {
  /** Events cross to the worker as rows. */
  enqueue(events: EventRow[]): ReturnType<Operation<Store['enqueue']>>
}

/** The outbox as the thread that owns its file has it. */
export interface OpenOutbox {
  database: DatabaseSync
  operations: Operations
  notes: GroupNotes
}

export function sqliteOutbox(database: DatabaseSync, plans: Plans): OpenOutbox {
  const tallies = talliesTable(database)
  const notes = createGroupNotes(database, tallies)
  const operations = {
    ...enqueueOperations(database, plans, notes),
    ...deliveryOperations(database, tallies),
    ...contactOperations(database),
    ...identityOperations(database, tallies),
    ...inspectOperations(database, tallies),
    ...tendOperations(database, tallies),
    ...privacyOperations(database),
    ...measureOperations(database),
    ...grantOperations(database),
    ...sealedOperations(database),
    ...sessionOperations(database),
  }
  return { database, operations, notes }
}
