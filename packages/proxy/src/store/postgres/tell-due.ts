import type { Database } from './database.ts'

/** At most one round of notifications in this time, however many events arrive; the first goes at once. */
const TELL_EVERY_MS = 20

export interface Teller {
  /** Lets other nodes know that the account has something due. Nobody waits for it; if it is lost, they find out by looking. */
  tell(account: number): void
  /** Tells what has not been told yet. */
  close(): Promise<void>
}

/**
 * Tells other nodes by NOTIFY, in transactions of its own: a transaction that notifies holds a lock of the whole database while
 * it commits, and with the flush of an event's commit inside that lock all nodes would store one after the other. These need no
 * flush. [docs/adr/0008]
 *
 * @param origin  how our own listener knows what came from here; undefined: it does not listen
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export function startTelling(database: Database, channel: string, origin: () => string | undefined): Teller {
  const accounts = new Set<number>()
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Immediate | undefined

  function tellNow(): void {
    soon = undefined
    timer = accounts.size > 0 ? setTimeout(tellNow, TELL_EVERY_MS) : undefined
    void notify()
  }

  async function notify(): Promise<void> {
    if (accounts.size === 0) return
    const payloads = [...accounts].map((account) => `${account} ${origin() ?? ''}`)
    accounts.clear()
    const text = "select pg_notify($1, payload), set_config('synchronous_commit', 'off', true) from unnest($2::text[]) as payload"
    await database.run({ text, values: [channel, payloads] }).catch(() => undefined)
  }

  return {
    tell(account) {
      accounts.add(account)
      // What one commit has stored for several callers is told in one go.
      if (timer === undefined) soon ??= setImmediate(tellNow)
    },
    async close() {
      clearImmediate(soon)
      clearTimeout(timer)
      await notify()
    },
  }
}
