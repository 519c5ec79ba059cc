import pg from 'pg'
import { SourceUnavailable } from '../email-source.ts'
import type { Reader } from './sql-lookup.ts'

const MAX_CONNECTIONS = 2
const TIMEOUT_MS = 2_000
/** invalid_text_representation and numeric_value_out_of_range: an id of another form is nobody's there. */
const NOBODYS_ID = ['22P02', '22003']
const BEGIN = `begin isolation level read committed read only; set local statement_timeout = ${TIMEOUT_MS}`

/** Reads a PostgreSQL database. What is set is set for one transaction, so that it works behind a pooler too. */
export function postgresReader(url: string, query: string): Reader {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: TIMEOUT_MS,
    // The server's own timeout speaks first, where it can.
    query_timeout: TIMEOUT_MS + 500,
    application_name: 'trackline look-up',
  })
  // A connection that breaks tells whoever waits for its answer; without a listener, idle or lent out, it would also end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))

  async function read(parameters: (string | null)[]): Promise<Record<string, unknown>[]> {
    const client = await pool.connect().catch(failed)
    try {
      await client.query(BEGIN)
      const { rows } = await client.query<Record<string, unknown>>(query, parameters)
      await client.query('rollback')
      client.release()
      return rows.slice(0, 2)
    } catch (error) {
      client.release(true)
      if (NOBODYS_ID.includes(codeOf(error))) return []
      return failed(error)
    }
  }

  return { read, close: () => pool.end() }
}

/** The message may quote the person's id; the code does not. */
function failed(error: unknown): never {
  throw new SourceUnavailable(`sqlLookup: the database refused the query (${codeOf(error)})`)
}

function codeOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(error), 'code')
  return typeof code === 'string' ? code : 'no answer in time'
}
