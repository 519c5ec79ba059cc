import type { PoolClient, QueryResult } from 'pg'
import type { SqlRow } from '../read-row.ts'

export interface Statement {
  text: string
  values?: unknown[]
  /** How long its answer may take, in milliseconds. Default: as long as any other's. */
  answerWithinMs?: number
}

export interface Result {
  rows: SqlRow[]
  /** Rows returned or changed. */
  count: number
}

/** A transaction that begins with its first statement. Statements given together travel together and run in their order. */
export interface Transaction {
  run(...statements: Statement[]): Promise<Result[]>
  /** Runs the last statements and commits. */
  commit(...statements: Statement[]): Promise<Result[]>
}

export function transactionOn(client: PoolClient, begin: Statement): Transaction {
  let opening = [begin]

  async function run(...statements: Statement[]): Promise<Result[]> {
    const all = [...opening, ...statements]
    opening = []
    const results = await send(client, all)
    return results.slice(all.length - statements.length).map(({ rows, rowCount }) => ({ rows, count: rowCount ?? 0 }))
  }

  async function commit(...statements: Statement[]): Promise<Result[]> {
    const [results, [end]] = await Promise.all([run(...statements), send(client, [{ text: 'commit' }])])
    // In a transaction that has failed, "commit" succeeds and rolls back. `run` has thrown then; this is to be sure.
    if (end?.command !== 'COMMIT') throw new Error('the database rolled the transaction back')
    return results
  }

  return { run, commit }
}

async function send(client: PoolClient, statements: Statement[]): Promise<QueryResult<SqlRow>[]> {
  const answers = await Promise.allSettled(statements.map((statement) => client.query<SqlRow>(queryOf(statement))))
  // The first failure is the cause; those after it say that the transaction is aborted.
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (failed) throw failed.reason
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}

/** `query_timeout` is the client library's own; its types do not name it. */
function queryOf({ text, values = [], answerWithinMs }: Statement) {
  return { text, values, ...(answerWithinMs === undefined ? {} : { query_timeout: answerWithinMs }) }
}

/** Rows as one parameter, for `json_to_recordset`. */
export function records(rows: readonly object[]): string {
  return JSON.stringify(rows)
}

/** PostgreSQL's text holds neither NUL nor half a surrogate pair; JSON within text has both as escapes already. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}
