import { didYouMean } from '@trackline/shared'
import type { ClientConfig } from 'pg'
import { createServers } from './servers.ts'
import type { Servers } from './servers.ts'

const DEFAULT_POOL_SIZE = 10
/** One connection commits events; delivery, look-ups and questions need others. */
const MIN_POOL_SIZE = 2
const MAX_POOL_SIZE = 500
const DEFAULT_STATEMENT_TIMEOUT_MS = 5_000
const DEFAULT_SCHEMA = 'trackline'
/** A name that needs no quoting, and leaves room for the suffix of the channel within PostgreSQL's 63 bytes. */
const SCHEMA_FORM = /^[a-z_][a-z0-9_]{0,49}$/
/** A peer that is gone without a word shows as a dead connection after minutes instead of hours. */
const KEEP_ALIVE_AFTER_MS = 30_000

/** What the first server of several is asked for: it takes writes. */
const WANTED_SERVERS = ['read-write', 'primary']
/** A URL with several hosts, separated by commas, as PostgreSQL's own clients take it. */
const PARTS_OF_URL = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^@/?#]*)(.*)$/s

/** What a misspelt parameter may have meant, ours and the client library's. Others are passed over, as some hosts' URLs have more. */
const PARAMETERS = [
  ...['pool', 'schema', 'listen', 'target_session_attrs', 'statement_timeout', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'ssl'],
  ...['uselibpqcompat', 'application_name', 'options', 'host', 'port', 'user', 'password'],
]

/** Where the database is and how to use it. */
export interface Address {
  servers: Servers
  poolSize: number
  schema: string
  /** How long the server may work on one statement. */
  statementTimeoutMs: number
  /** Direct connections for LISTEN; undefined: nodes are not woken by each other. */
  listen: Servers | undefined
}

/**
 * Reads a PostgreSQL URL. It may name several hosts, a primary and its standbys: `postgres://user:password@one:5432,two:5432/app`; the
 * one that takes writes is used, and after a failover the next one that does (`target_session_attrs=read-write`, which need not be said).
 * Besides what the client library understands (`sslmode`, `sslrootcert`, `application_name`, …), it may say:
 *
 * - `pool`: most connections of this process, 2–500, default 10; one more is used to listen
 * - `schema`: where the tables lie, default `trackline`
 * - `statement_timeout`: milliseconds that the server may work on one statement, 100–600000, default 5000
 * - `listen`: `off`, or the (percent-encoded) URL of a direct connection where the first one leads through a pooler such as
 *   PgBouncer in transaction mode, which LISTEN does not survive. Default: the URL itself
 *
 * @throws TypeError that names the part which cannot be used, never the URL: it holds a password
 */
export function readPostgresUrl(url: string, given: { schema?: string } = {}): Address {
  const urls = parseEach(url, 'store must be')
  refuseMisspelt(urls[0])
  const take = (name: string) => takeParameter(urls, name)
  const [pool, schema, listen, wanted, timeout] = [take('pool'), take('schema'), take('listen'), take('target_session_attrs'), take('statement_timeout')]
  if (wanted !== undefined && !WANTED_SERVERS.includes(wanted)) {
    throw new TypeError(`store: "target_session_attrs" must be ${WANTED_SERVERS.join(' or ')}, since the outbox is written: got '${wanted}'`)
  }
  const servers = serversAt(urls)
  const names = { poolSize: readPoolSize(pool), schema: readSchema(given.schema ?? schema), statementTimeoutMs: readTimeout(timeout) }
  return { servers, ...names, listen: readListen(listen, servers) }
}

/** One URL for each host that the URL names. */
function parseEach(url: string, says: string): [URL, ...URL[]] {
  const [, before = '', hosts = '', after = ''] = PARTS_OF_URL.exec(url) ?? []
  const [first = '', ...others] = hosts.split(',')
  const parseOne = (host: string) => parse(`${before}${host}${after}`, says)
  return [parseOne(first), ...others.map(parseOne)]
}

function parse(url: string, says: string): URL {
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return new URL(url)
  const example = 'postgres://user:password@host:5432/database'
  throw new TypeError(`${says} a URL such as ${example}, with %23 for # and so on in the password`)
}

/** All the URLs have the same parameters. */
/** Passed over, it would leave the connection in clear, or lead to another outbox. */
function refuseMisspelt({ searchParams }: URL): void {
  for (const name of searchParams.keys()) {
    const meant = PARAMETERS.includes(name) ? '' : didYouMean(name, PARAMETERS)
    if (meant) throw new TypeError(`store: "${name}" is no parameter of a PostgreSQL URL${meant}`)
  }
}

function takeParameter(urls: URL[], name: string): string | undefined {
  const values = urls.map(({ searchParams }) => {
    const value = searchParams.get(name) ?? undefined
    searchParams.delete(name)
    return value
  })
  return values[0]
}

function serversAt([first, ...others]: [URL, ...URL[]]): Servers {
  return createServers([connectionTo(first), ...others.map(connectionTo)])
}

function connectionTo({ href: connectionString }: URL): ClientConfig {
  const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS }
  return { connectionString, fallback_application_name: 'trackline', ...keepAlive }
}

function readPoolSize(pool = String(DEFAULT_POOL_SIZE)): number {
  const size = Number(pool)
  if (Number.isInteger(size) && size >= MIN_POOL_SIZE && size <= MAX_POOL_SIZE) return size
  throw new TypeError(`store: "pool" must be a whole number from ${MIN_POOL_SIZE} to ${MAX_POOL_SIZE}: got '${pool}'`)
}

function readTimeout(timeout = String(DEFAULT_STATEMENT_TIMEOUT_MS)): number {
  const timeoutMs = Number(timeout)
  if (/^\d+$/.test(timeout) && timeoutMs >= 100 && timeoutMs <= 600_000) return timeoutMs
  throw new TypeError(`store: "statement_timeout" must be milliseconds from 100 to 600000: got '${timeout}'`)
}

function readSchema(schema = DEFAULT_SCHEMA): string {
  if (SCHEMA_FORM.test(schema)) return schema
  throw new TypeError(`store: "schema" must be a name of at most 50 small letters, digits and _, no digit first: got '${schema}'`)
}

function readListen(listen: string | undefined, servers: Servers): Servers | undefined {
  if (listen === undefined) return servers
  return listen === 'off' ? undefined : serversAt(parseEach(listen, 'store: "listen" must be \'off\', or'))
}
