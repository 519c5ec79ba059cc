import type { DatabaseSync } from 'node:sqlite'
import type { RowStatus } from '../../outbox/event.ts'
import type { Audit } from '../../outbox/store.ts'
import { ACCOUNT_COLUMNS, readRowStatus, STATUS_COLUMNS } from '../read-row.ts'

export function inspectOperations(database: DatabaseSync) {
  const find = database.prepare(`
    select ${STATUS_COLUMNS}, ${ACCOUNT_COLUMNS} from outbox join accounts using (account)
    where account = :account and site = :site and message_id = :messageId and subject = coalesce(:subject, subject) order by seq`)
  const tallied = database.prepare(`
    select total(received) as received, total(duplicate) as duplicate, total(rejected) as rejected, total(forgotten) as forgotten
    from tallies`)
  const byState = database.prepare('select state, count(*) as rows from outbox group by state')
  const forgetDelivered = database.prepare(`
    delete from outbox where seq in (
      select seq from outbox where state = 'delivered' and settled_at < ? order by settled_at limit ?)
    returning site`)
  const tallyForgotten = database.prepare('update tallies set forgotten = forgotten + 1 where site = ?')
  const forgetMoments = database.prepare(`
    delete from moments where (account, site, subject, event, key) in (
      select account, site, subject, event, key from moments where expires_at < ? order by expires_at limit ?)`)
  const forgetTickets = database.prepare('delete from tickets where expires_at < ?')
  const writeCanary = database.prepare('insert or replace into canary values (1, ?)')

  return {
    findEvent(query: { account: number; site: string; messageId: string; subject?: string }): RowStatus[] {
      const { account, site, messageId, subject = null } = query
      return find.all({ account, site, messageId, subject }).map(readRowStatus)
    },

    audit(): Audit {
      const totals = tallied.get()
      const rows = new Map(byState.all().map((row) => [row.state, Number(row.rows)]))
      return {
        received: Number(totals?.received),
        duplicate: Number(totals?.duplicate),
        rejected: Number(totals?.rejected),
        queued: rows.get('due') ?? 0,
        needsIdentity: rows.get('needs_identity') ?? 0,
        delivered: (rows.get('delivered') ?? 0) + Number(totals?.forgotten),
        dead: rows.get('dead') ?? 0,
      }
    },

    forgetOld({ now, deliveredBefore, limit }: { now: number; deliveredBefore: number; limit: number }): number {
      const forgotten = forgetDelivered.all(deliveredBefore, limit)
      for (const { site } of forgotten) tallyForgotten.run(site ?? null)
      forgetTickets.run(now)
      return forgotten.length + Number(forgetMoments.run(now, limit).changes)
    },

    checkWritable(now: number): void {
      writeCanary.run(now)
    },
  }
}
