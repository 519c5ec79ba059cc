import type { DatabaseSync } from 'node:sqlite'
import type { Row } from '../../outbox/event.ts'
import type { Identity, PersonKey, Store } from '../../outbox/store.ts'
import { readRow, ROW_COLUMNS } from '../read-row.ts'
import type { TalliesTable } from './tallies-table.ts'

export function identityOperations(database: DatabaseSync, tallies: TalliesTable) {
  const claim = database.prepare(`
    update outbox set due_at = ? + max(?, min(?, ? - received_at)) where seq in (
      select seq from outbox
      where state = 'needs_identity' and due_at between ? and ? and site not in (select value from json_each(?)) order by due_at limit ?)
    returning ${ROW_COLUMNS}`)
  const identify = database.prepare(`
    update outbox set state = 'due', email = ?, due_at = ?
    where account = ? and site = ? and subject = ? and state = 'needs_identity'`)
  const remembered = database.prepare('select email, said_at from identities where account = ? and site = ? and subject = ?')
  const remember = database.prepare(`
    insert into identities (account, site, subject, email, said_at) values (?, ?, ?, ?, ?)
    on conflict do update set email = excluded.email, said_at = excluded.said_at
      where said_at <= excluded.said_at`)
  const giveUp = database.prepare(`
    update outbox set state = 'dead', settled_at = ?, due_at = null, code = 'EMAIL_NOT_FOUND'
    where seq in (
      select seq from outbox where state = 'needs_identity' and received_at < ? and coalesce(retried_at, 0) < ? order by received_at limit ?)
    returning site`)

  return {
    claimUnidentified({ now, firstMs, maxMs, limit, without = [], dueFrom = 0 }: Parameters<Store['claimUnidentified']>[0]): Row[] {
      return claim.all(now, firstMs, maxMs, now, dueFrom, now, JSON.stringify(without), limit).map(readRow)
    },
    identify({ account, site, subject, email, saidAt, now }: PersonKey & Identity & { now: number }): string | undefined {
      const before = remembered.get(account, site, subject)
      remember.run(account, site, subject, email, saidAt)
      const identified = Number(identify.run(email, now, account, site, subject).changes)
      if (identified) tallies.add(site, { needs_identity: -identified, queued: identified })
      return before && String(before.email)
    },
    findIdentity({ account, site, subject }: PersonKey): Identity | undefined {
      const row = remembered.get(account, site, subject)
      return row && { email: String(row.email), saidAt: Number(row.said_at) }
    },
    giveUpUnidentified({ receivedBefore, now, limit }: { receivedBefore: number; now: number; limit: number }): number {
      const givenUp = giveUp.all(now, receivedBefore, receivedBefore, limit)
      tallies.addForRows(givenUp, { needs_identity: -1, dead: 1 })
      return givenUp.length
    },
  }
}
