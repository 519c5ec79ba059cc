import type pg from 'pg'
import type { VacuumReport } from '../../outbox/vacuum-report.ts'
import { unavailable } from './guard.ts'
import { readPostgresUrl } from './read-url.ts'
import { connectTo, endClient } from './servers.ts'

const TABLES = ['outbox', 'moments', 'tallies', 'accounts', 'identities', 'contact_writes']
const SAYS = `vacuumed ${TABLES.join(', ')}: PostgreSQL uses the space of forgotten events for new ones, and does this by itself from time to time. ` +
  'Only VACUUM FULL (it locks the table) or pg_repack gives it back to the disk'

/** Vacuums our tables; nodes beside it go on. @throws TrackError `OUTBOX_UNAVAILABLE` when the database refuses */
export async function vacuumPostgres(url: string): Promise<VacuumReport> {
  const { servers, schema } = readPostgresUrl(url)
  const tables = TABLES.map((table) => `"${schema}".${table}`)
  let client: pg.Client | undefined
  const size = async (client: pg.Client) => {
    const { rows } = await client.query<{ bytes: string }>('select sum(pg_total_relation_size(name::regclass)) as bytes from unnest($1::text[]) as name', [tables])
    return Number(rows[0]?.bytes)
  }
  try {
    client = await connectTo(servers)
    const beforeBytes = await size(client)
    await client.query(`vacuum (analyze) ${tables.join(', ')}`)
    return { beforeBytes, afterBytes: await size(client), says: SAYS }
  } catch (error) {
    throw unavailable(error, 'the outbox cannot be vacuumed')
  } finally {
    if (client) await endClient(client)
  }
}
