import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'

/** The process that reads an SQLite file for `sqlLookup`. It answers each question with at most two rows, and ends with who asks. */
const BUSY_TIMEOUT_MS = 1_000
const [path = '', query = ''] = process.argv.slice(2)
let statement: StatementSync | undefined

/** Opened at the first question that succeeds: a file that is not there yet may be there for the next. */
function prepare(): StatementSync {
  return new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS }).prepare(query)
}

function readRows(parameters: (string | null)[]): Record<string, unknown>[] {
  statement ??= prepare()
  const named = Object.fromEntries(parameters.map((parameter, index) => [`$${index + 1}`, parameter]))
  const rows = []
  for (const row of statement.iterate(named)) {
    rows.push({ ...row })
    if (rows.length === 2) break
  }
  return rows
}

process.on('message', ({ question, parameters }: { question: number; parameters: (string | null)[] }) => {
  try {
    process.send?.({ question, rows: readRows(parameters) })
  } catch (error) {
    // What SQLite says names tables and columns, never a parameter.
    process.send?.({ question, error: error instanceof Error ? error.message : String(error) })
  }
})
process.on('disconnect', () => process.exit())
