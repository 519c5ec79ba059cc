import type { DatabaseSync } from 'node:sqlite'
import type { DerivationPlan } from '../../outbox/derive.ts'
import type { Store } from '../../outbox/store.ts'
import { deliveryOperations } from './delivery-operations.ts'
import { enqueueOperations } from './enqueue-operations.ts'
import { grantOperations } from './grant-operations.ts'
import { identityOperations } from './identity-operations.ts'
import { inspectOperations } from './inspect-operations.ts'

/** A store's method as the worker runs it: at once, inside a transaction that others share. */
type Operation<Method> = Method extends (...args: infer Args) => Promise<infer Result> ? (...args: Args) => Result : never

export type Operations = { [Name in Exclude<keyof Store, 'close' | 'onDue'>]: Operation<Store[Name]> }

export function sqliteOperations(database: DatabaseSync, plans: Record<string, DerivationPlan>): Operations {
  return {
    ...enqueueOperations(database, plans),
    ...deliveryOperations(database),
    ...identityOperations(database),
    ...inspectOperations(database),
    ...grantOperations(database),
  }
}
