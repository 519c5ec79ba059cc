import { readPostgresUrl } from './read-url.ts'
import { connectTo, endClient } from './servers.ts'

/** Whether the tables of an outbox are there, and the schema in which they are, or would be. @throws Error when the database cannot be asked */
export async function hasTables(url: string): Promise<{ isThere: boolean; schema: string }> {
  const { servers, schema } = readPostgresUrl(url)
  const client = await connectTo(servers)
  try {
    const { rowCount } = await client.query("select 1 from pg_tables where schemaname = $1 and tablename = 'schema_version'", [schema])
    return { isThere: rowCount !== 0, schema }
  } finally {
    await endClient(client)
  }
}
