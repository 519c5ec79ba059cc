import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, onTestFinished } from 'vitest'
import type { DerivationPlan } from '../../src/outbox/derive.ts'
import type { Store } from '../../src/outbox/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import type { StoreUnderTest } from './behaviour/store-stage.ts'

export type SqliteUnderTest = StoreUnderTest & { path: string }

/**
 * Gives each test an empty SQLite store. A store that is still open is emptied and given to the next test that wants the same
 * plans: starting a thread for each test would take most of the time.
 */
export function sqliteStores(): (plans?: Record<string, DerivationPlan>) => Promise<SqliteUnderTest> {
  const folder = makeTempFolder()
  const kept = new Map<string, { store: Store; path: string }>()
  let opened = 0
  afterAll(async () => {
    for (const { store } of kept.values()) await store.close()
    folder.remove()
  })

  async function openNew(plans: Record<string, DerivationPlan>) {
    const path = join(folder.path, `outbox-${++opened}.db`)
    return { path, store: await openSqliteStore(path, plans) }
  }

  return async (plans = {}) => {
    const key = JSON.stringify(plans)
    const { path, store } = kept.get(key) ?? (await openNew(plans))
    kept.delete(key)
    let current = store
    onTestFinished(async () => {
      const isOpen = await current.nextDueAt(0).then(
        () => true,
        () => false,
      )
      if (!isOpen || kept.has(key)) return current.close()
      empty(path)
      kept.set(key, { store: current, path })
    })
    const reopen = async () => {
      await current.close()
      return (current = await openSqliteStore(path, plans))
    }
    return { store, path, reopen }
  }
}

function empty(path: string): void {
  const database = new DatabaseSync(path, { timeout: 5_000 })
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all()
  for (const { name } of tables) database.exec(`delete from ${name}`)
  database.close()
}
