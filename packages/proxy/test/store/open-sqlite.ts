import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DerivationPlan } from '../../src/outbox/derive.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import type { StoreUnderTest } from './behaviour/store-stage.ts'

/** A SQLite store on a file of the test's own. */
export async function openSqlite(plans: Record<string, DerivationPlan> = {}): Promise<StoreUnderTest & { path: string }> {
  const folder = makeTempFolder()
  const path = join(folder.path, 'outbox.db')
  let store = await openSqliteStore(path, plans)
  onTestFinished(async () => {
    await store.close()
    folder.remove()
  })
  return {
    store,
    path,
    async reopen() {
      await store.close()
      store = await openSqliteStore(path, plans)
      return store
    },
  }
}
