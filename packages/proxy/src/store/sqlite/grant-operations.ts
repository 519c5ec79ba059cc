import type { DatabaseSync } from 'node:sqlite'
import type { SealedGrant, Ticket } from '../../outbox/store.ts'

export function grantOperations(database: DatabaseSync) {
  const read = database.prepare('select * from grants where account = ?')
  const insert = database.prepare(`
    insert into grants (version, state, sealed, refresh_at, expires_at, problem, account) values (?, ?, ?, ?, ?, ?, ?)
    on conflict do nothing`)
  const update = database.prepare(`
    update grants set version = ?, state = ?, sealed = ?, refresh_at = ?, expires_at = ?, problem = ?
    where account = ? and version = ?`)
  const addTicket = database.prepare('insert into tickets (kind, digest, site, sealed, expires_at) values (?, ?, ?, ?, ?)')
  const takeTicket = database.prepare('delete from tickets where kind = ? and digest = ? returning *')
  const addAccount = database.prepare('insert into accounts (account) values (?) on conflict do nothing')
  const endPause = database.prepare('update accounts set paused_until = 0, failures = 0 where account = ?')

  return {
    readGrant(account: number): SealedGrant | undefined {
      const row = read.get(account)
      if (!row) return undefined
      return {
        account,
        version: Number(row.version),
        // Only the two states of SealedGrant are ever written to this column.
        state: row.state as SealedGrant['state'],
        sealed: String(row.sealed),
        refreshAt: Number(row.refresh_at),
        expiresAt: Number(row.expires_at),
        ...(row.problem === null ? {} : { problem: String(row.problem) }),
      }
    },

    saveGrant({ account, version, state, sealed, refreshAt, expiresAt, problem = null }: WithProblem, { endsPause } = { endsPause: false }): boolean {
      addAccount.run(account)
      const values = [version, state, sealed, refreshAt, expiresAt, problem, account] as const
      const saved = version === 1 ? insert.run(...values) : update.run(...values, version - 1)
      const isSaved = saved.changes === 1
      if (isSaved && endsPause) endPause.run(account)
      return isSaved
    },

    addTicket({ kind, digest, site, sealed = null, expiresAt }: Omit<Ticket, 'sealed'> & { sealed?: string | null }): void {
      addTicket.run(kind, digest, site, sealed, expiresAt)
    },

    takeTicket({ kind, digest, now }: { kind: Ticket['kind']; digest: string; now: number }): Ticket | undefined {
      const row = takeTicket.get(kind, digest)
      if (!row || Number(row.expires_at) < now) return undefined
      const sealed = row.sealed === null ? {} : { sealed: String(row.sealed) }
      return { kind, digest, site: String(row.site), expiresAt: Number(row.expires_at), ...sealed }
    },
  }
}

/** SQL writes "none" as null. */
type WithProblem = Omit<SealedGrant, 'problem'> & { problem?: string | null }
