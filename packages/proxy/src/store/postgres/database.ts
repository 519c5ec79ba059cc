import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import type { Address } from './read-url.ts'
import { clientFor, CLOSE_WITHIN_MS, CONNECT_TIMEOUT_MS, connectToOne, requireWrites } from './servers.ts'
import { transactionOn } from './transaction.ts'
import type { Result, Statement, Transaction } from './transaction.ts'

const LOCK_TIMEOUT_MS = 3_000
/**
 * A node that stops in the middle of a transaction must not keep others from its rows: whoever waits for them gets them before it
 * has waited too long. Between two statements of ours there is no more than a little work in memory.
 */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = LOCK_TIMEOUT_MS - 1_000
/** The network may swallow an answer: it is given up so much later than the server's own timeout, which speaks first. */
const ANSWER_LATER_MS = 3_000
/** Somebody else's commit makes a transaction start over; each time, somebody has got ahead. */
const MAX_TRIES = 10
/**
 * serialization_failure and deadlock_detected.
 * https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
const START_OVER = ['40001', '40P01']
/** read_only_sql_transaction */
const READ_ONLY = '25006'

export type Database = Awaited<ReturnType<typeof openDatabase>>

/**
 * Opens a pool of connections. Whatever is set is set for one transaction, and statements have no names, so that it works behind
 * a pooler that lends a connection for one transaction at a time.
 */
export async function openDatabase(address: Address) {
  const { servers } = address
  const pool = openPool(address)
  const connected = new Set<pg.PoolClient>()
  pool.on('connect', (client) => void connected.add(client))
  pool.on('remove', (client) => void connected.delete(client))
  const begin = await beginStatement(address, pool)

  async function attempt<Answer>(work: (transaction: Transaction) => Promise<Answer>): Promise<Answer> {
    const client = await connectToOne(servers, () => pool.connect())
    try {
      const answer = await work(transactionOn(client, begin, answerWithin(address)))
      client.release()
      return answer
    } catch (error) {
      // The primary has become a standby, and its connections have outlived that.
      if (Reflect.get(Object(error), 'code') === READ_ONLY) servers.turnFrom(servers.current())
      const isUsable = isToStartOver(error) && (await client.query('rollback').then(() => true, () => false))
      client.release(!isUsable)
      throw error
    }
  }

  /** Runs `work`, which ends with a commit; again from its start when somebody else's commit came in between. */
  async function transaction<Answer>(work: (transaction: Transaction) => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(work)
      } catch (error) {
        if (!isToStartOver(error) || tries === MAX_TRIES) throw error
      }
    }
  }

  return {
    transaction,
    /** These statements in one transaction and one round trip. */
    run: (...statements: Statement[]): Promise<Result[]> => transaction(({ commit }) => commit(...statements)),
    async close() {
      const isLate = setTimeout(CLOSE_WITHIN_MS, undefined, { ref: false })
      // The pool does not wait for those that nobody uses; left alone, they would keep the process.
      void isLate.then(() => connected.forEach(({ connection }) => connection.stream.destroy()))
      await Promise.race([pool.end(), isLate])
    },
  }
}

function answerWithin({ statementTimeoutMs }: Address): number {
  return statementTimeoutMs + ANSWER_LATER_MS
}

function openPool(address: Address): pg.Pool {
  const { servers, poolSize } = address
  const timeouts = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: answerWithin(address) }
  const toServer = { Client: clientFor(servers), onConnect: (client: pg.ClientBase) => requireWrites(servers, client) }
  const pool = new pg.Pool({ ...toServer, ...timeouts, max: poolSize, pipeline: true })
  // A connection that breaks tells whoever waits for its answer; without a listener it would also end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/**
 * A database may be set to answer a commit before it is on disk. An operator may also want more than "on" says: only "off" is
 * overruled.
 */
async function beginStatement({ servers, schema, statementTimeoutMs }: Address, pool: pg.Pool): Promise<Statement> {
  const { rows } = await connectToOne(servers, () => pool.query<{ level: string }>("select current_setting('synchronous_commit') as level"))
  const settings = {
    search_path: `"${schema}"`,
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    ...(rows[0]?.level === 'off' ? { synchronous_commit: 'on' } : {}),
  }
  const set = Object.entries(settings).map(([name, value]) => `set local ${name} = ${value}`)
  return { text: ['begin isolation level read committed', ...set].join('; ') }
}

/** Thrown inside a transaction: it is rolled back and starts over. */
export class StartOver extends Error {
  readonly code = START_OVER[0]
}

function isToStartOver(error: unknown): boolean {
  return START_OVER.includes(String(Reflect.get(Object(error), 'code')))
}
