import type pg from 'pg'
import type { Address } from './read-url.ts'
import { MIGRATIONS } from './schema.ts'
import { connectTo, endClient } from './servers.ts'

/** How long a node waits while another one migrates. */
const LOCK_TIMEOUT_MS = 60_000
/** Nothing stands in the way of the first statement: a server that does not answer it hangs. */
const FIRST_ANSWER_WITHIN_MS = 8_000
/** Later than the server itself gives up a lock, so that it speaks first. */
const ANSWER_WITHIN_MS = LOCK_TIMEOUT_MS + 5_000
/**
 * A migration takes as long as its table is large, and a node that gave it up would begin it again at its next start. A server that is
 * gone meanwhile shows as a dead connection, by keepalive.
 */
const MIGRATE_WITHIN_MS = 24 * 3_600_000

/**
 * Brings the tables up to date, or makes them. Many nodes may start at once: one migrates, the others wait and find it done.
 *
 * @throws Error when a newer Trackline has written the tables
 */
export async function migrate({ servers, schema }: Address): Promise<void> {
  const client = await connectTo(servers, { query_timeout: ANSWER_WITHIN_MS })
  try {
    await client.query(within(FIRST_ANSWER_WITHIN_MS, `begin isolation level read committed; set local lock_timeout = ${LOCK_TIMEOUT_MS}`))
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`trackline migrations of ${schema}`])
    await makeSchema(client, schema)
    const version = await readVersion(client)
    if (version > MIGRATIONS.length) {
      const versions = `its tables have version ${version}, this one knows ${MIGRATIONS.length}`
      throw new Error(`the outbox was written by a newer Trackline (${versions}): upgrade`)
    }
    for (const [index, migration] of MIGRATIONS.slice(version).entries()) {
      await client.query(within(MIGRATE_WITHIN_MS, migration))
      await client.query('insert into schema_version (version) values ($1)', [version + index + 1])
    }
    await client.query('commit')
  } finally {
    await endClient(client)
  }
}

/** `query_timeout` is the client library's own; its types do not name it. */
function within(ms: number, text: string) {
  return { text, query_timeout: ms }
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
