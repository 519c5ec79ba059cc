import type { Database } from './database.ts'

/** At most one round of notifications in this time, however many events arrive; the first goes at once. */
const TELL_EVERY_MS = 20

export interface Teller {
  /** Lets other nodes know that the account has something due. Nobody waits for it; if it is lost, they find out by looking. */
  tell(account: number): void
  close(): void
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

  function tellNow(): void {
    if (accounts.size === 0) return void (timer = undefined)
    const payloads = [...accounts].map((account) => `${account} ${origin() ?? ''}`)
    accounts.clear()
    timer = setTimeout(tellNow, TELL_EVERY_MS)
    void notify(payloads).catch(() => undefined)
  }

  function notify(payloads: string[]): Promise<unknown> {
    const text = "select pg_notify($1, payload), set_config('synchronous_commit', 'off', true) from unnest($2::text[]) as payload"
    return database.run({ text, values: [channel, payloads] })
  }

  return {
    tell(account) {
      accounts.add(account)
      if (timer === undefined) tellNow()
    },
    close: () => clearTimeout(timer),
  }
}
