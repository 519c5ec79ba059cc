import type { DatabaseSync } from 'node:sqlite'
import type { DerivationPlan } from '../../outbox/derive.ts'
import type { Store } from '../../outbox/store.ts'
import { deliveryOperations } from './delivery-operations.ts'
import { enqueueOperations } from './enqueue-operations.ts'
import { grantOperations } from './grant-operations.ts'
import { identityOperations } from './identity-operations.ts'
import { inspectOperations } from './inspect-operations.ts'
import { talliesTable } from './tallies-table.ts'

/** A store's method as the worker runs it: at once, inside a transaction that others share. */
type Operation<Method> = Method extends (...args: infer Args) => Promise<infer Result> ? (...args: Args) => Result : never

export type Operations = { [Name in Exclude<keyof Store, 'close' | 'onDue'>]: Operation<Store[Name]> }

export function sqliteOperations(database: DatabaseSync, plans: Record<string, DerivationPlan>): Operations {
  const tallies = talliesTable(database)
  return {
    ...enqueueOperations(database, plans, tallies),
    ...deliveryOperations(database, tallies),
    ...identityOperations(database, tallies),
    ...inspectOperations(database, tallies),
    ...grantOperations(database),
  }
}
