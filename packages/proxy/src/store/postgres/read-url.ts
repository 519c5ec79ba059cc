import type { ClientConfig } from 'pg'

const DEFAULT_POOL_SIZE = 10
/** One connection commits events; delivery, look-ups and questions need others. */
const MIN_POOL_SIZE = 2
const MAX_POOL_SIZE = 500
const DEFAULT_SCHEMA = 'trackline'
/** A name that needs no quoting, and leaves room for the suffix of the channel within PostgreSQL's 63 bytes. */
const SCHEMA_FORM = /^[a-z_][a-z0-9_]{0,49}$/
/** A peer that is gone without a word shows as a dead connection after minutes instead of hours. */
const KEEP_ALIVE_AFTER_MS = 30_000

/** Where the database is and how to use it. */
export interface Address {
  connection: ClientConfig
  poolSize: number
  schema: string
  /** A direct connection for LISTEN; undefined: nodes are not woken by each other. */
  listen: ClientConfig | undefined
}

/**
 * Reads a PostgreSQL URL. Besides what the client library understands (`sslmode`, `sslrootcert`, `application_name`, …), it may
 * say:
 *
 * - `pool`: most connections of this process, 2–500, default 10; one more is used to listen
 * - `schema`: where the tables lie, default `trackline`
 * - `listen`: `off`, or the (percent-encoded) URL of a direct connection where the first one leads through a pooler such as
 *   PgBouncer in transaction mode, which LISTEN does not survive. Default: the URL itself
 *
 * @throws TypeError that names the part which cannot be used, never the URL: it holds a password
 */
export function readPostgresUrl(url: string, given: { schema?: string } = {}): Address {
  const rest = parse(url, 'store must be')
  const take = (name: string) => {
    const value = rest.searchParams.get(name) ?? undefined
    rest.searchParams.delete(name)
    return value
  }
  const [pool, schema, listen] = [take('pool'), take('schema'), take('listen')]
  const connection = connectTo(rest.href)
  const names = { poolSize: readPoolSize(pool), schema: readSchema(given.schema ?? schema) }
  return { connection, ...names, listen: readListen(listen, connection) }
}

function parse(url: string, says: string): URL {
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return new URL(url)
  const example = 'postgres://user:password@host:5432/database'
  throw new TypeError(`${says} a URL such as ${example}, with %23 for # and so on in the password`)
}

function connectTo(connectionString: string): ClientConfig {
  const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS }
  return { connectionString, fallback_application_name: 'trackline', ...keepAlive }
}

function readPoolSize(pool = String(DEFAULT_POOL_SIZE)): number {
  const size = Number(pool)
  if (Number.isInteger(size) && size >= MIN_POOL_SIZE && size <= MAX_POOL_SIZE) return size
  throw new TypeError(`store: "pool" must be a whole number from ${MIN_POOL_SIZE} to ${MAX_POOL_SIZE}: got '${pool}'`)
}

function readSchema(schema = DEFAULT_SCHEMA): string {
  if (SCHEMA_FORM.test(schema)) return schema
  throw new TypeError(`store: "schema" must be a name of at most 50 small letters, digits and _, no digit first: got '${schema}'`)
}

function readListen(listen: string | undefined, connection: ClientConfig): ClientConfig | undefined {
  if (listen === undefined) return connection
  return listen === 'off' ? undefined : connectTo(parse(listen, 'store: "listen" must be \'off\', or').href)
}
