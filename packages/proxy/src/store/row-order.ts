import type { RowState } from '../outbox/event.ts'
import type { ListedRow, PageMark } from '../outbox/store.ts'
import { readStoredRow } from './read-row.ts'
import type { SqlRow } from './read-row.ts'

/** The order in which rows of each state are listed: that of the index which finds them, made total by `seq`. */
export const ORDER_OF_STATE: Record<RowState, readonly string[]> = {
  dead: ['settled_at', 'seq'],
  delivered: ['settled_at', 'seq'],
  needs_identity: ['due_at', 'seq'],
  due: ['account', 'target', 'due_at', 'seq'],
}

export function readListedRow(row: SqlRow): ListedRow {
  const stored = readStoredRow(row)
  const mark = ORDER_OF_STATE[stored.state].map((column) => (column === 'target' ? String(row[column]) : Number(row[column])))
  return { ...stored, mark }
}

/** Smaller than any row's: where the first page begins. */
export function firstMark(state: RowState): PageMark {
  return ORDER_OF_STATE[state].map((column) => (column === 'target' ? '' : -1))
}
