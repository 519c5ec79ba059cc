import pg from 'pg'
import { afterAll, onTestFinished } from 'vitest'
import type { DerivationPlan } from '../../src/outbox/derive.ts'
import type { Store } from '../../src/outbox/store.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import type { StoreUnderTest } from './behaviour/store-stage.ts'

type Plans = Record<string, DerivationPlan>

export interface PostgresUnderTest extends StoreUnderTest {
  schema: string
  /** The database's URL, with the schema of this test. */
  url: string
  /** Another node on the same tables. */
  openNode(): Promise<Store>
}

export type PostgresStores = ReturnType<typeof postgresStores>

/** Gives each test a schema of its own, and a connection to look at it past the store. */
export function postgresStores(serverUrl: string) {
  const admin = new pg.Pool({ connectionString: serverUrl, max: 2 })
  admin.on('error', () => undefined)
  const run = `test_${process.pid}_${Date.now().toString(36)}`
  let opened = 0
  afterAll(() => admin.end())

  function newSchema(): { schema: string; url: string } {
    const schema = `${run}_${++opened}`
    onTestFinished(async () => void (await admin.query(`drop schema if exists "${schema}" cascade`).catch(() => undefined)))
    return { schema, url: `${serverUrl}?schema=${schema}` }
  }

  async function openAt(url: string, plans: Plans): Promise<Store> {
    const store = await openPostgresStore(url, plans)
    onTestFinished(store.close)
    return store
  }

  async function open(plans: Plans = {}): Promise<PostgresUnderTest> {
    const { schema, url } = newSchema()
    let store = await openAt(url, plans)
    const reopen = async () => {
      await store.close()
      return (store = await openAt(url, plans))
    }
    return { store, reopen, schema, url, openNode: () => openAt(url, plans) }
  }

  const query = (text: string, values: unknown[] = []) => admin.query(text, values)

  /** Locks what the statement locks, until it is released. */
  async function holdLock(text: string): Promise<() => Promise<void>> {
    const client = new pg.Client(serverUrl)
    client.on('error', () => undefined)
    await client.connect()
    await client.query('begin')
    await client.query(text)
    onTestFinished(() => client.end())
    return async () => void (await client.query('commit'))
  }

  /** Some connection to the server waits for a lock. */
  async function isWaitingForLock(): Promise<boolean> {
    const { rowCount } = await query("select 1 from pg_stat_activity where wait_event_type = 'Lock'")
    return rowCount !== 0
  }

  return { open, newSchema, query, holdLock, isWaitingForLock }
}
