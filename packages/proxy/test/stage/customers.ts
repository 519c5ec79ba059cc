import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { sharedSecret } from '@trackline/session'
import type { SiteFinder } from '../../src/config.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'

/** A table of customers, as an operator keeps one; each has origin, secret, HubSpot account and server key of its own. */
export interface Customers {
  find: SiteFinder
  run(sql: string): Promise<void>
  close(): Promise<void>
}

type Query = (sql: string, value: string) => Promise<Record<string, unknown> | undefined>

const TABLE = 'create table customers (name text primary key, origin text not null unique, secret text not null, portal integer not null, digest text not null, version integer not null)'
const ROWS_AT_ONCE = 500

export const originOf = (index: number) => `https://shop${index}.example.com`
export const nameOf = (index: number) => `shop-${index}`
export const portalOf = (index: number) => 100_000 + index
export const sessionOf = (secret: string) => sharedSecret({ secret, issuer: 'shop', audience: 'trackline' })
export const secretOf = (index: number) => `the secret of customer number ${index}, and of nobody else`
/** All customers share one key's value here: what is to be shown is that it counts for the named site. */
export const SERVER_KEY = generateServerKey()

export async function customersInSqlite(folder: string, count: number): Promise<Customers> {
  const database = new DatabaseSync(join(folder, 'customers.db'))
  const customers = {
    find: finder(async (sql, value) => database.prepare(sql).get(value)),
    run: async (sql: string) => database.exec(sql),
    close: async () => database.close(),
  }
  await fill(customers, count)
  return customers
}

export async function customersInPostgres(url: string, count: number): Promise<Customers> {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  const customers = {
    find: finder(async (sql, value) => (await pool.query(sql.replace('?', '$1'), [value])).rows[0]),
    run: async (sql: string) => void (await pool.query(sql)),
    close: () => pool.end(),
  }
  await fill(customers, count)
  return customers
}

async function fill({ run }: Pick<Customers, 'run'>, count: number): Promise<void> {
  await run(TABLE)
  const rows = Array.from({ length: count }, (_, index) => `('${nameOf(index)}', '${originOf(index)}', '${secretOf(index)}', ${portalOf(index)}, '${SERVER_KEY.digest}', 1)`)
  for (let from = 0; from < count; from += ROWS_AT_ONCE) await run(`insert into customers values ${rows.slice(from, from + ROWS_AT_ONCE).join(', ')}`)
}

function finder(query: Query): SiteFinder {
  return async (asked, by) => {
    const row = await query(`select * from customers where ${by === 'name' ? 'name' : 'origin'} = ?`, asked)
    if (!row) return undefined
    return {
      name: String(row.name),
      origins: [String(row.origin)],
      session: sessionOf(String(row.secret)),
      portal: Number(row.portal),
      serverKeys: [String(row.digest)],
      version: Number(row.version),
    }
  }
}
