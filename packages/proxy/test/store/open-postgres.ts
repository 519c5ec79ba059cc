import pg from 'pg'
import { afterAll, onTestFinished } from 'vitest'
import type { DerivationPlan } from '../../src/outbox/derive.ts'
import type { Store } from '../../src/outbox/store.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import type { StoreUnderTest } from './behaviour/store-stage.ts'

type Plans = Record<string, DerivationPlan>
type Opened = { schema: string; store: Store }

const TABLES = [
  'outbox', 'accounts', 'moments', 'tallies', 'grants', 'connections', 'tickets', 'identities', 'canary', 'key_sets', 'denials', 'signing_keys',
  'contact_writes',
]

export interface PostgresUnderTest extends StoreUnderTest {
  schema: string
  /** The database's URL, with the schema of this test. */
  url: string
  /** Another node on the same tables. */
  openNode(): Promise<Store>
}

export type PostgresStores = ReturnType<typeof postgresStores>

/** Gives tests schemas of their own, and connections to look at them past the store. */
export function postgresStores(serverUrl: string) {
  const admin = new pg.Pool({ connectionString: serverUrl, max: 2 })
  admin.on('error', () => undefined)
  const kept = new Map<string, Opened>()
  const run = `test_${process.pid}_${Date.now().toString(36)}`
  let opened = 0
  afterAll(async () => {
    for (const { store, schema } of kept.values()) {
      await store.close()
      await drop(schema)
    }
    await admin.end()
  })

  const drop = (schema: string) => admin.query(`drop schema if exists "${schema}" cascade`).catch(() => undefined)

  function newSchema(): { schema: string; url: string } {
    const schema = `${run}_${++opened}`
    onTestFinished(async () => void (await drop(schema)))
    return { schema, url: urlOf(schema) }
  }

  function urlOf(schema: string): string {
    const url = new URL(serverUrl)
    url.searchParams.set('schema', schema)
    // So that a test finds the connections of its own stores, on a server that it may share.
    url.searchParams.set('application_name', schema)
    return url.href
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

  /** Like `open`, but a store that is still open when its test ends is emptied, and lent to the next that wants the same plans. */
  async function lend(plans: Plans = {}): Promise<StoreUnderTest> {
    const key = JSON.stringify(plans)
    const { schema, store } = kept.get(key) ?? (await openNew(plans))
    kept.delete(key)
    let current = store
    onTestFinished(async () => {
      const isOpen = await current.nextDueAt(0).then(() => true, () => false)
      if (isOpen && !kept.has(key)) return empty({ schema, store: current }, key)
      await current.close()
      await drop(schema)
    })
    const reopen = async () => {
      await current.close()
      return (current = await openPostgresStore(urlOf(schema), plans))
    }
    return { store, reopen }
  }

  async function openNew(plans: Plans): Promise<Opened> {
    const schema = `${run}_${++opened}`
    return { schema, store: await openPostgresStore(urlOf(schema), plans) }
  }

  async function empty(used: Opened, key: string): Promise<void> {
    await admin.query(TABLES.map((table) => `delete from ${used.schema}.${table}`).join('; '))
    kept.set(key, used)
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

  /** How many connections of this schema's stores are in the state that the condition on `pg_stat_activity` names. */
  async function connections(schema: string, condition: string): Promise<number> {
    const { rowCount } = await query(`select 1 from pg_stat_activity where application_name = $1 and ${condition}`, [schema])
    return rowCount ?? 0
  }

  const isWaitingForLock = async (schema: string) => (await connections(schema, "wait_event_type = 'Lock'")) > 0

  const isIdleInTransaction = async (schema: string) => (await connections(schema, "state = 'idle in transaction'")) > 0

  const isListening = async (schema: string, times: number) => (await connections(schema, "query like 'listen %'")) === times

  /** Cuts the connections of this schema's stores that fit the condition. */
  const cut = (schema: string, condition = 'true') =>
    query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and ${condition}`, [schema])

  return { open, lend, newSchema, query, holdLock, isWaitingForLock, isIdleInTransaction, isListening, cut }
}
