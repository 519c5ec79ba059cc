import type { Plans } from '../../outbox/remember-event.ts'
import type { Store } from '../../outbox/store.ts'
import { contactOperations } from './contact-operations.ts'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import { deliveryOperations } from './delivery-operations.ts'
import { enqueueOperations } from './enqueue-operations.ts'
import { grantOperations } from './grant-operations.ts'
import { createGuard, unavailable } from './guard.ts'
import { identityOperations } from './identity-operations.ts'
import { inspectOperations } from './inspect-operations.ts'
import { listenForDue } from './listen-for-due.ts'
import type { Listener } from './listen-for-due.ts'
import { measureOperations } from './measure-operations.ts'
import { migrate } from './migrate.ts'
import { readClock } from './read-clock.ts'
import type { ClockReader } from './read-clock.ts'
import { readPostgresUrl } from './read-url.ts'
import type { Address } from './read-url.ts'
import { privacyOperations } from './privacy-operations.ts'
import { sealedOperations } from './sealed-operations.ts'
import { tendOperations } from './tend-operations.ts'
import { sessionOperations } from './session-operations.ts'
import { startTelling } from './tell-due.ts'

/**
 * Opens the outbox in a PostgreSQL database (14 or newer) that any number of nodes share, and makes or updates its tables.
 *
 * While the database is away every call is refused with `OUTBOX_UNAVAILABLE`; when it is back, so is the store. A call whose
 * connection broke while it was being committed is refused too, and may have been stored: sent again, it is a duplicate.
 *
 * @param url  postgres://user:password@host:5432/database?sslmode=verify-full; see `readPostgresUrl` for what else it may say
 * @param options.schema  where the tables lie; goes before the URL's. Default `trackline`
 * @throws TrackError `OUTBOX_UNAVAILABLE` when the database cannot be used; TypeError for a URL that cannot be read
 */
export async function openPostgresStore(url: string, plans: Plans, options: { schema?: string } = {}): Promise<Store> {
  const address = readPostgresUrl(url, options)
  try {
    await migrate(address)
    return storeOn(await openDatabase(address), plans, address)
  } catch (error) {
    throw unavailable(error, 'the outbox cannot be opened')
  }
}

function storeOn(database: Database, plans: Plans, { schema, listen }: Address): Store {
  const channel = `${schema}_due`
  let listener: Listener | undefined
  let clock: ClockReader | undefined
  const teller = startTelling(database, channel, () => listener?.origin())
  const tellDue = (account: number): void => void (listen && teller.tell(account))

  const { settled, ...enqueue } = enqueueOperations(database, plans, tellDue)
  const { findEvent, ...inspect } = inspectOperations(database)
  const { guarded, drain } = createGuard()
  const methods = guarded({
    ...enqueue,
    ...deliveryOperations(database),
    ...contactOperations(database),
    ...identityOperations(database, tellDue),
    ...inspect,
    ...tendOperations(database, tellDue),
    ...privacyOperations(database),
    ...measureOperations(database),
    ...grantOperations(database),
    ...sealedOperations(database),
    ...sessionOperations(database),
    // It sees what this process was asked to store before.
    findEvent: ((query) => settled().then(() => findEvent(query))) satisfies Store['findEvent'],
  })

  return {
    ...methods,
    onDue(onDue) {
      if (listen) listener ??= listenForDue(listen, channel, onDue)
    },
    async onClock(onClock) {
      clock ??= await readClock(database, onClock).catch((error: unknown) => Promise.reject(unavailable(error)))
    },
    async close() {
      if (!(await drain())) return
      await teller.close()
      clock?.close()
      await listener?.close()
      await database.close()
    },
  }
}
