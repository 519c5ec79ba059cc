import type { DatabaseSync } from 'node:sqlite'
import type { SealedGrant, Ticket } from '../../outbox/store.ts'
import { ANY_TARGET } from '../any-target.ts'
import { readGrant, readTicket } from '../read-grant.ts'

export function grantOperations(database: DatabaseSync) {
  const read = database.prepare('select * from grants where account = ?')
  const insert = database.prepare(`
    insert into grants (version, state, sealed, refresh_at, expires_at, problem, account) values (?, ?, ?, ?, ?, ?, ?)
    on conflict do nothing`)
  const update = database.prepare(`
    update grants set version = ?, state = ?, sealed = ?, refresh_at = ?, expires_at = ?, problem = ?, renewing_until = 0
    where account = ? and version = ?`)
  const addTicket = database.prepare('insert into tickets (kind, digest, site, sealed, expires_at) values (?, ?, ?, ?, ?)')
  const takeTicket = database.prepare('delete from tickets where kind = ? and digest = ? returning *')
  const claimRenewal = database.prepare('update grants set renewing_until = ? where account = ? and version = ? and renewing_until <= ?')
  const releaseRenewal = database.prepare('update grants set renewing_until = 0 where account = ? and version = ? and renewing_until = ?')
  const addAccount = database.prepare('insert into accounts (account) values (?) on conflict do nothing')
  const endPause = database.prepare('update accounts set paused_until = 0, failures = 0 where account = ?')
  const endWaits = database.prepare(`
    update outbox set due_at = received_at
    where account = ? and target in (${ANY_TARGET}) and state = 'due' and due_at > received_at and claimed_epoch is null`)

  return {
    readGrant(account: number): SealedGrant | undefined {
      const row = read.get(account)
      return row && readGrant(row)
    },

    saveGrant({ account, version, state, sealed, refreshAt, expiresAt, problem = null }: WithProblem, { endsPause } = { endsPause: false }): boolean {
      addAccount.run(account)
      const values = [version, state, sealed, refreshAt, expiresAt, problem, account] as const
      const saved = version === 1 ? insert.run(...values) : update.run(...values, version - 1)
      const isSaved = saved.changes === 1
      if (!isSaved || !endsPause) return isSaved
      endPause.run(account)
      endWaits.run(account)
      return true
    },

    claimRenewal({ account, version, now, until }: { account: number; version: number; now: number; until: number }): boolean {
      return claimRenewal.run(until, account, version, now).changes === 1
    },

    releaseRenewal({ account, version, until }: { account: number; version: number; until: number }): void {
      releaseRenewal.run(account, version, until)
    },

    addTicket({ kind, digest, site, sealed = null, expiresAt }: Omit<Ticket, 'sealed'> & { sealed?: string | null }): void {
      addTicket.run(kind, digest, site, sealed, expiresAt)
    },

    takeTicket({ kind, digest, now }: { kind: Ticket['kind']; digest: string; now: number }): Ticket | undefined {
      return readTicket(takeTicket.get(kind, digest), now)
    },
  }
}

/** SQL writes "none" as null. */
type WithProblem = Omit<SealedGrant, 'problem'> & { problem?: string | null }
