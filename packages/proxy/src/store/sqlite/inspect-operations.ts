import type { DatabaseSync } from 'node:sqlite'
import type { RowStatus } from '../../outbox/event.ts'
import type { Audit, SiteAudit, Store } from '../../outbox/store.ts'
import { ACCOUNT_COLUMNS, readRowStatus, STATUS_COLUMNS } from '../read-row.ts'
import { readRowCounts, readSiteAudit, sumOfSites } from '../tallies.ts'
import { sessionRowsForgetter } from './session-operations.ts'
import type { TalliesTable } from './tallies-table.ts'

export function inspectOperations(database: DatabaseSync, tallies: TalliesTable) {
  const find = database.prepare(`
    select ${STATUS_COLUMNS}, ${ACCOUNT_COLUMNS} from outbox join accounts using (account)
    where account = :account and site = :site and message_id = :messageId and subject = coalesce(:subject, subject) order by seq`)
  const tallied = database.prepare('select * from tallies order by site')
  const counted = database.prepare(`
    select site, sum(state = 'due') as queued, sum(state = 'needs_identity') as needs_identity, sum(state = 'delivered') as delivered,
      sum(state = 'dead') as dead
    from outbox group by site order by site`)
  const forgetDelivered = database.prepare(`
    delete from outbox where seq in (
      select seq from outbox where state = 'delivered' and settled_at < ? order by settled_at limit ?)
    returning site`)
  const forgetDead = database.prepare(`
    delete from outbox where seq in (select seq from outbox where state = 'dead' and settled_at < ? order by settled_at limit ?)
    returning site`)
  const forgetMoments = database.prepare(`
    delete from moments where (account, site, subject, event, key) in (
      select account, site, subject, event, key from moments where expires_at < ? order by expires_at limit ?)`)
  const forgetIdentities = database.prepare(`
    delete from identities where (account, site, subject) in (
      select account, site, subject from identities where said_at < ? order by said_at limit ?)`)
  const forgetTickets = database.prepare('delete from tickets where expires_at < ?')
  const forgetSessionRows = sessionRowsForgetter(database)
  const writeCanary = database.prepare('insert or replace into canary values (1, ?)')

  return {
    findEvent(query: { account: number; site: string; messageId: string; subject?: string }): RowStatus[] {
      const { account, site, messageId, subject = null } = query
      return find.all({ account, site, messageId, subject }).map(readRowStatus)
    },

    audit(): Audit {
      return sumOfSites(tallied.all().map(readSiteAudit))
    },

    auditBySite(): SiteAudit[] {
      return tallied.all().map(readSiteAudit)
    },

    countRows(): Map<string, SiteAudit['stored']> {
      return readRowCounts(counted.all())
    },

    forgetOld({ now, deliveredBefore, deadBefore, identifiedBefore, limit }: Parameters<Store['forgetOld']>[0]): number {
      const forgotten = forgetDelivered.all(deliveredBefore, limit)
      const buried = forgetDead.all(deadBefore, limit)
      tallies.addForRows(forgotten, { forgotten: 1 })
      tallies.addForRows(buried, { discarded: 1 })
      forgetTickets.run(now)
      forgetSessionRows(now)
      const strangers = Number(forgetIdentities.run(identifiedBefore, limit).changes)
      return forgotten.length + buried.length + strangers + Number(forgetMoments.run(now, limit).changes)
    },

    checkWritable(now: number): void {
      writeCanary.run(now)
    },
  }
}
