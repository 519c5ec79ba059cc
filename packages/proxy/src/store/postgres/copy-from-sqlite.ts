import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type pg from 'pg'
import type { SqlRow } from '../read-row.ts'
import { openDatabase } from '../sqlite/open-database.ts'
import { unavailable } from './guard.ts'
import { migrate } from './migrate.ts'
import { storedKey } from './moments-table.ts'
import { readPostgresUrl } from './read-url.ts'
import { connectTo, endClient } from './servers.ts'
import { records, storableText } from './transaction.ts'

/** Rows that cross in one statement. */
const STEP = 2_000
/** A statement of ours takes milliseconds; a database that is away shows as a dead connection. */
const ANSWER_WITHIN_MS = 600_000

/**
 * Each table's columns, which both stores name alike, in an order in which nothing refers to what is not there yet. Tickets are good for ten
 * minutes and the canary is nobody's: both stay behind. A lease is nobody's any more; the epoch goes on, so that a late writer changes nothing.
 */
const TABLES = {
  accounts: 'account, epoch, paused_until, failures, handover',
  outbox: `account, seq, site, message_id, subject, target, event_id, event, state, issuer, sub, email, properties, extra_data, placement,
    occurred_at, received_at, due_at, attempts, abandoned, claimed_epoch, retried_at, code, detail, settled_at`,
  moments: 'account, site, subject, event, key, first_at, last_at, count, expires_at',
  tallies: 'account, site, slot, received, duplicate, rejected, queued, needs_identity, delivered, dead, forgotten, discarded',
  grants: 'account, version, state, sealed, refresh_at, expires_at, problem',
  connections: 'site, account',
  key_sets: 'name, text, written_at',
  denials: 'kind, value, site, issuer, until, revision',
  signing_keys: 'kid, sealed, published, added_at',
  identities: 'account, site, subject, email, said_at',
  contact_writes: 'account, contact, name, rank, seq',
} as const

export type Copied = Record<keyof typeof TABLES, number>

/** Where SQLite has a column otherwise. A site's tally has no account there: it is that of its connection, or of one of its events. */
const READ: Partial<Record<keyof typeof TABLES, string>> = {
  accounts: 'select account, epoch + 1 as epoch, paused_until, failures, handover from accounts',
  tallies: `select coalesce((select account from connections c where c.site = t.site), (select max(account) from outbox o where o.site = t.site), 0) as account,
    0 as slot, t.* from tallies t`,
}

/**
 * Copies what a SQLite outbox holds into a PostgreSQL database whose outbox is empty, or not there yet, in one transaction. Nobody can write
 * to the file meanwhile; it stays as it is.
 *
 * @throws Error when the file is not there, or is being served; when the database holds something already; `OUTBOX_UNAVAILABLE` when either refuses
 */
export async function copyFromSqlite(path: string, url: string, { now, onStep = () => undefined }: { now: number; onStep?: (rows: number) => void }): Promise<Copied> {
  if (!existsSync(path)) throw new Error(`there is no outbox at ${path}`)
  const address = readPostgresUrl(url)
  const source = openDatabase(path)
  try {
    // A service beside us is refused its commits from here on, and so makes no promise that we would miss.
    source.exec('begin immediate')
    refuseServed(source, path, now)
    await migrate(address).catch((error: unknown) => Promise.reject(unavailable(error, 'the outbox cannot be opened')))
    const client = await connectTo(address.servers, { query_timeout: ANSWER_WITHIN_MS })
    try {
      return await copyAll(source, client, { schema: address.schema, onStep })
    } finally {
      await endClient(client)
    }
  } finally {
    source.close()
  }
}

function refuseServed(source: DatabaseSync, path: string, now: number): void {
  const served = source.prepare('select count(*) as count from accounts where lease_owner is not null and lease_until > ?').get(now)
  if (Number(served?.count) > 0) throw new Error(`a service delivers from ${path}: stop it first, and give the command again ten seconds later`)
}

async function copyAll(source: DatabaseSync, client: pg.Client, { schema, onStep }: { schema: string; onStep: (rows: number) => void }): Promise<Copied> {
  await client.query('begin')
  await client.query(`set local search_path = "${schema}"`)
  const copied: Partial<Copied> = {}
  let done = 0
  for (const [table, columns] of Object.entries(TABLES) as [keyof Copied, string][]) {
    await refuseFilled(client, table)
    const insert = `
      insert into ${table} (${columns}) ${table === 'outbox' ? 'overriding system value' : ''}
      select ${columns} from json_populate_recordset(null::${table}, $1::json)`
    copied[table] = 0
    for (const rows of stepsOf(source.prepare(READ[table] ?? `select ${columns} from ${table}`).iterate())) {
      await client.query(insert, [records(rows.map((row) => toStorable(table, row)))])
      copied[table] += rows.length
      onStep((done += rows.length))
    }
  }
  await client.query("select setval(pg_get_serial_sequence('outbox', 'seq'), greatest((select max(seq) from outbox), 1))")
  await client.query('commit')
  return copied as Copied // Each table had its turn.
}

/** @throws Error when the table is not empty: what is there and what comes would be one outbox, and their counts wrong */
async function refuseFilled(client: pg.Client, table: string): Promise<void> {
  const { rowCount } = await client.query(`select 1 from ${table} limit 1`)
  if (rowCount) throw new Error(`the database has an outbox that holds something already (${table}): name an empty one, or another "schema" in the URL`)
}

function* stepsOf(rows: Iterable<SqlRow>): Generator<SqlRow[]> {
  let step: SqlRow[] = []
  for (const row of rows) {
    if (step.push(row) < STEP) continue
    yield step
    step = []
  }
  if (step.length) yield step
}

/** As this store itself would have written it. */
function toStorable(table: keyof Copied, row: SqlRow): SqlRow {
  const written = Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? storableText(value) : value])
  return { ...Object.fromEntries(written), ...(table === 'moments' ? { key: storedKey(String(row.key)) } : {}) }
}
