import type pg from 'pg'
import type { Address } from './read-url.ts'
import { MIGRATIONS } from './schema.ts'
import { connectTo } from './servers.ts'

/** How long a node waits while another one migrates. */
const LOCK_TIMEOUT_MS = 60_000

/**
 * Brings the tables up to date, or makes them. Many nodes may start at once: one migrates, the others wait and find it done.
 *
 * @throws Error when a newer Trackline has written the tables
 */
export async function migrate({ servers, schema }: Address): Promise<void> {
  const client = await connectTo(servers)
  try {
    await client.query(`begin isolation level read committed; set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`trackline migrations of ${schema}`])
    await makeSchema(client, schema)
    const version = await readVersion(client)
    if (version > MIGRATIONS.length) {
      const versions = `its tables have version ${version}, this one knows ${MIGRATIONS.length}`
      throw new Error(`the outbox was written by a newer Trackline (${versions}): upgrade`)
    }
    for (const [index, migration] of MIGRATIONS.slice(version).entries()) {
      await client.query(migration)
      await client.query('insert into schema_version (version) values ($1)', [version + index + 1])
    }
    await client.query('commit')
  } finally {
    await client.end()
  }
}

/** A role that may not create schemas can use one that somebody made for it. */
async function makeSchema(client: pg.Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_namespace where nspname = $1', [schema])
  if (rowCount === 0) await client.query(`create schema "${schema}"`)
  await client.query(`set local search_path = "${schema}"`)
}

async function readVersion(client: pg.Client): Promise<number> {
  await client.query('create table if not exists schema_version (version integer primary key)')
  const { rows } = await client.query<{ version: number }>('select coalesce(max(version), 0) as version from schema_version')
  return rows[0]?.version ?? 0
}
