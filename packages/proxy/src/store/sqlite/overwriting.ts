import type { DatabaseSync } from 'node:sqlite'

/** What is deleted meanwhile is overwritten in the file: SQLite leaves it there otherwise, until something else needs the place. */
export function overwriting<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('pragma secure_delete = on')
  try {
    return work()
  } finally {
    database.exec('pragma secure_delete = off')
  }
}
