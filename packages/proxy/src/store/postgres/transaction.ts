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

/** @param answerWithinMs  how long the answer to a statement that does not say so may take */
export function transactionOn(client: PoolClient, begin: Statement, answerWithinMs: number): Transaction {
  let opening = [begin]

  async function sendAfterBegin(statements: Statement[]): Promise<QueryResult<SqlRow>[]> {
    const all = [...opening, ...statements]
    opening = []
    const answers = await send(client, inTheirTurn(all, answerWithinMs))
    return answers.slice(all.length - statements.length)
  }

  async function run(...statements: Statement[]): Promise<Result[]> {
    return (await sendAfterBegin(statements)).map(readResult)
  }

  async function commit(...statements: Statement[]): Promise<Result[]> {
    const answers = await sendAfterBegin([...statements, { text: 'commit' }])
    // In a transaction that has failed, "commit" succeeds and rolls back. `send` has thrown then; this is to be sure.
    if (answers.pop()?.command !== 'COMMIT') throw new Error('the database rolled the transaction back')
    return answers.map(readResult)
  }

  return { run, commit }
}

function readResult({ rows, rowCount }: QueryResult<SqlRow>): Result {
  return { rows, count: rowCount ?? 0 }
}

/** The time of each begins when all are sent: one that stands behind others which may take long has their time as well. */
function inTheirTurn(statements: Statement[], usualMs: number): Statement[] {
  let beforeMs = 0
  return statements.map((statement) => {
    const answerWithinMs = beforeMs + (statement.answerWithinMs ?? usualMs)
    beforeMs += statement.answerWithinMs ?? 0
    return { ...statement, answerWithinMs }
  })
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
