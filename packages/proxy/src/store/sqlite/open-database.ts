import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS } from './schema.ts'

/** How long a statement waits for another process (a `trackline` command beside the service) to finish its own. */
const BUSY_TIMEOUT_MS = 5_000

/** Past this the log is cut when it is begun anew. https://www.sqlite.org/pragma.html#pragma_journal_size_limit */
const MAX_LOG_BYTES = 16 * 1_024 * 1_024

/**
 * The index that finds duplicates is written all over where ids are random. Eight times what SQLite takes by itself holds its upper pages
 * and the latest of the others for millions of rows. https://www.sqlite.org/pragma.html#pragma_cache_size
 */
const CACHE_KIBIBYTES = 16 * 1_024

/** Emails and sealed tokens lie in it. SQLite gives the files beside it (-wal, -shm) the same mode. */
const OWNER_ONLY = 0o600

/** Opens the file, makes it durable and brings its tables up to date. */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  createFile(path)
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  // In a new file only: free pages can then be given back in small steps. Before the log, which writes the first page.
  database.exec('pragma auto_vacuum = incremental')
  database.exec('pragma journal_mode = wal')
  // FULL flushes the log at every commit; NORMAL would lose the latest commits, each answered with 202, in a power cut.
  // https://www.sqlite.org/pragma.html#pragma_synchronous
  database.exec('pragma synchronous = full')
  // A long reader keeps the log from being begun anew, and it grows; once the reader is gone it is cut back to this.
  database.exec(`pragma journal_size_limit = ${MAX_LOG_BYTES}`)
  database.exec(`pragma cache_size = -${CACHE_KIBIBYTES}`)
  migrate(database)
  return database
}

/** Made here, because SQLite would let everybody read it; a file that is there keeps the mode that its owner gave it. */
function createFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', OWNER_ONLY))
}

function migrate(database: DatabaseSync): void {
  database.exec('begin immediate')
  try {
    const version = Number(database.prepare('pragma user_version').get()?.user_version)
    if (version > MIGRATIONS.length) {
      throw new Error(`the outbox was written by a newer Trackline (its tables have version ${version}, this one knows ${MIGRATIONS.length}): upgrade`)
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration)
    database.exec(`pragma user_version = ${MIGRATIONS.length}`)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}
