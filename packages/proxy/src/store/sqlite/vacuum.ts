import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { TrackError } from '../../errors.ts'
import type { VacuumReport } from '../../outbox/vacuum-report.ts'
import { openDatabase } from './open-database.ts'

/** Pages given back in one transaction: a service beside us waits for no longer than that takes. */
const PAGES_AT_ONCE = 500
const INCREMENTAL = 2

/**
 * Gives the file's free pages back to the disk: in small steps beside a running service, or with `isFull` by writing it anew, which
 * also defragments it and keeps everybody else from writing.
 *
 * @throws TrackError `OUTBOX_UNAVAILABLE` when the file cannot be used, or somebody else does not let go of it
 */
export function vacuumSqlite(path: string, { isFull }: { isFull: boolean }): VacuumReport {
  try {
    const beforeBytes = sizeOf(path)
    const says = withDatabase(path, (database) => {
      const done = isFull ? writeAnew(database) : giveBackInSteps(database)
      // What is still in the log counts as well. Whoever reads it keeps it; then it goes later.
      database.exec('pragma wal_checkpoint(truncate)')
      return done
    })
    return { beforeBytes, afterBytes: sizeOf(path), says }
  } catch (error) {
    const hint = isFull ? ': stop the service first' : ''
    throw new TrackError('OUTBOX_UNAVAILABLE', `the outbox cannot be vacuumed${hint}`, { cause: String(error) })
  }
}

function withDatabase<Answer>(path: string, use: (database: DatabaseSync) => Answer): Answer {
  const database = openDatabase(path)
  try {
    return use(database)
  } finally {
    database.close()
  }
}

function writeAnew(database: DatabaseSync): string {
  database.exec(`pragma auto_vacuum = ${INCREMENTAL}; vacuum`)
  return 'the file was written anew'
}

function giveBackInSteps(database: DatabaseSync): string {
  if (pragma(database, 'auto_vacuum') !== INCREMENTAL) return 'this file was made before space could be given back in steps: stop the service, and run this once with --full'
  for (let free = pragma(database, 'freelist_count'); free > 0; ) {
    database.exec(`pragma incremental_vacuum(${PAGES_AT_ONCE})`)
    const left = pragma(database, 'freelist_count')
    if (left >= free) break
    free = left
  }
  return 'free pages were given back to the disk'
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0])
}

function sizeOf(path: string): number {
  return [path, `${path}-wal`].reduce((bytes, file) => bytes + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0)
}
