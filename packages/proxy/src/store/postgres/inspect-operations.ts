import type { RowStatus } from '../../outbox/event.ts'
import type { SiteAudit, Store } from '../../outbox/store.ts'
import { ACCOUNT_COLUMNS, readRowStatus, STATUS_COLUMNS } from '../read-row.ts'
import { readRowCounts, readSiteAudit, sumOfSites } from '../tallies.ts'
import type { Database } from './database.ts'
import { forgetSessionRows } from './session-operations.ts'
import { AUDIT, COUNT_ROWS, FORGET_DEAD, FORGET_DELIVERED } from './tallies-table.ts'
import { storableText } from './transaction.ts'

const FIND = `
  select ${STATUS_COLUMNS}, ${ACCOUNT_COLUMNS} from outbox join accounts using (account)
  where account = $1 and site = $2 and message_id = $3 and ($4::text is null or subject = $4) order by seq`

const FORGET_MOMENTS = `
  with old as materialized (
    select account, site, subject, event, key from moments where expires_at < $1
    order by expires_at limit $2 for update skip locked
  )
  delete from moments m using old
  where (m.account, m.site, m.subject, m.event, m.key) = (old.account, old.site, old.subject, old.event, old.key)`

const FORGET_IDENTITIES = `
  with old as materialized (
    select account, site, subject from identities where said_at < $1
    order by said_at limit $2 for update skip locked
  )
  delete from identities i using old where (i.account, i.site, i.subject) = (old.account, old.site, old.subject)`

const CHECK_WRITABLE = `
  insert into canary (id, written_at) values (1, $1) on conflict (id) do update set written_at = excluded.written_at`

/** Nobody waits for it: it locks nothing. */
const COUNT_WITHIN_MS = 600_000

type InspectMethods = Pick<Store, 'findEvent' | 'audit' | 'auditBySite' | 'countRows' | 'forgetOld' | 'checkWritable'>

export function inspectOperations(database: Database): InspectMethods {
  async function auditBySite(): Promise<SiteAudit[]> {
    const [counted] = await database.run({ text: AUDIT })
    return (counted?.rows ?? []).map(readSiteAudit)
  }

  return {
    async findEvent({ account, site, messageId, subject }): Promise<RowStatus[]> {
      const who = subject === undefined ? null : storableText(subject)
      const [found] = await database.run({ text: FIND, values: [account, site, storableText(messageId), who] })
      return (found?.rows ?? []).map(readRowStatus)
    },

    audit: async () => sumOfSites(await auditBySite()),
    auditBySite,

    async countRows(): Promise<Map<string, SiteAudit['stored']>> {
      const [, counted] = await database.run({ text: `set local statement_timeout = ${COUNT_WITHIN_MS}` }, { text: COUNT_ROWS, answerWithinMs: COUNT_WITHIN_MS })
      return readRowCounts(counted?.rows ?? [])
    },

    async forgetOld({ now, deliveredBefore, deadBefore, identifiedBefore, limit }): Promise<number> {
      await database.run(...forgetSessionRows(now))
      // A transaction of its own: tallies are locked last, and once.
      const [dead] = await database.run({ text: FORGET_DEAD, values: [deadBefore, limit] })
      const [moments, identities, , delivered] = await database.run(
        { text: FORGET_MOMENTS, values: [now, limit] },
        { text: FORGET_IDENTITIES, values: [identifiedBefore, limit] },
        { text: 'delete from tickets where expires_at < $1', values: [now] },
        { text: FORGET_DELIVERED, values: [deliveredBefore, limit] },
      )
      return (delivered?.count ?? 0) + (dead?.count ?? 0) + (moments?.count ?? 0) + (identities?.count ?? 0)
    },

    async checkWritable(now): Promise<void> {
      await database.run({ text: CHECK_WRITABLE, values: [now] })
    },
  }
}
