import { SourceUnavailable } from '../email-source.ts'
import type { Circumstances, Found, LookupSource, OpenSource, PersonQuery } from '../email-source.ts'
import { emailIn } from './ask-json.ts'
import { postgresReader } from './postgres-reader.ts'
import { isText, requireOption } from './source-options.ts'
import { sqliteReader } from './sqlite-reader.ts'

export interface SqlLookupOptions {
  /** `postgres://…`, from the environment, or `sqlite:` and a path. */
  url: string
  /** One `select` that gives a column `email` and, if you have it, `email_verified`. `$1` is the subject, `$2` the issuer. */
  query: string
}

/** Runs the one query of a look-up. */
export interface Reader {
  /** The first two rows. */
  read(parameters: (string | null)[], signal: AbortSignal): Promise<Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

const SELECT = /^\s*(select|with)\b/i

/**
 * The email is in a table of yours: `select email from users where id = $1`.
 *
 * Read-only: a query that would write fails. The person's id travels as a parameter, never in the text. At most 2 connections, and 2
 * seconds for a query; an SQLite file is read by a process of its own.
 * @throws TypeError for a URL or query that cannot be used; never shows the URL
 */
export function sqlLookup({ url, query }: SqlLookupOptions): LookupSource {
  const [kind] = isText(url) ? url.split(':') : []
  requireOption('sqlLookup', kind === 'postgres' || kind === 'postgresql' || (kind === 'sqlite' && url.length > 'sqlite:'.length), 'url must be a postgres:// URL, or \'sqlite:\' and a path')
  requireOption('sqlLookup', isText(query) && SELECT.test(query), 'query must be one select, such as select email from users where id = $1')
  requireOption('sqlLookup', /\$1\b/.test(query), 'query must have $1, where the person\'s id goes')
  // A parameter that is not there would be refused by the database.
  const parameters = /\$2\b/.test(query) ? 2 : 1
  const openReader = () => (kind === 'sqlite' ? sqliteReader(url.slice('sqlite:'.length), query) : postgresReader(url, query))
  return { kind: 'lookup', name: 'sqlLookup', open: () => openSqlLookup(openReader(), parameters) }
}

function openSqlLookup(reader: Reader, parameters: number): OpenSource {
  async function find({ subject, issuer }: PersonQuery, { signal }: Circumstances): Promise<Found> {
    // No text of PostgreSQL has a NUL: nobody there is called so.
    if (subject.includes('\0')) return undefined
    const [row, another] = await reader.read([subject, issuer ?? null].slice(0, parameters), signal)
    if (another) throw new SourceUnavailable('sqlLookup found several rows for one person')
    if (row && !('email' in row)) throw new SourceUnavailable('sqlLookup: the query gives no column "email"')
    const verified = row?.email_verified
    // SQLite has 0 and 1 for false and true.
    return emailIn(row?.email, verified === null ? undefined : verified === 1 ? true : verified)
  }
  return { find, close: () => reader.close() }
}
