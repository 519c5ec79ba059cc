import { ERRORS, reasonOf, TrackError } from '../errors.ts'

/** What to do about what the outbox's file, or the disk under it, says. */
const REMEDIES: readonly [says: RegExp, remedy: string][] = [
  [/disk is full|ENOSPC|no space left/i, 'free some space on its disk'],
  [/unable to open database file|readonly|read-only|EACCES|EROFS|EPERM/i, 'see that this user may write it'],
  [/file is not a database/, 'name another path in "store"'],
]

/** What went wrong, and what to do where that is known, for whoever typed the command. */
export function failureOf(error: unknown): string {
  if (!(error instanceof TrackError)) return portInUse(error) ?? (error instanceof Error ? error.message : String(error))
  const reason = reasonOf(error)
  if (error.code !== 'OUTBOX_UNAVAILABLE') return reason
  const what = error.message === ERRORS.OUTBOX_UNAVAILABLE.says ? `the outbox${error.file === undefined ? '' : ` ${error.file}`} cannot be used: ` : ''
  const remedy = REMEDIES.find(([says]) => says.test(reason))?.[1]
  return `${what}${reason}${remedy === undefined ? '' : `: ${remedy}`}`
}

function portInUse(error: unknown): string | undefined {
  const { code, address, port }: { code?: string; address?: string; port?: number } = Object(error)
  return code === 'EADDRINUSE' ? `port ${port} of ${address} is in use: stop what listens there, or name another with --port` : undefined
}
