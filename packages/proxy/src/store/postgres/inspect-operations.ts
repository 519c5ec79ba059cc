import type { RowStatus } from '../../outbox/event.ts'
import type { Audit, Store } from '../../outbox/store.ts'
import { ACCOUNT_COLUMNS, readRowStatus, STATUS_COLUMNS } from '../read-row.ts'
import type { Database } from './database.ts'
import { FORGET_DELIVERED } from './tallies-table.ts'
import { storableText } from './transaction.ts'

const FIND = `
  select ${STATUS_COLUMNS}, ${ACCOUNT_COLUMNS} from outbox join accounts using (account)
  where account = $1 and site = $2 and message_id = $3 and ($4::text is null or subject = $4) order by seq`

/** One statement sees one moment: no commit of another node comes between the tallies and the rows. */
const AUDIT = `
  select received, duplicate, rejected, queued, needs_identity, delivered + forgotten as delivered, dead
  from (
    select coalesce(sum(received), 0) as received, coalesce(sum(duplicate), 0) as duplicate,
      coalesce(sum(rejected), 0) as rejected, coalesce(sum(forgotten), 0) as forgotten
    from tallies
  ) tallied, (
    select count(*) filter (where state = 'due') as queued, count(*) filter (where state = 'needs_identity') as needs_identity,
      count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'dead') as dead
    from outbox
  ) counted`

const FORGET_MOMENTS = `
  with old as materialized (
    select account, site, subject, event, key from moments where expires_at < $1
    order by expires_at limit $2 for update skip locked
  )
  delete from moments m using old
  where (m.account, m.site, m.subject, m.event, m.key) = (old.account, old.site, old.subject, old.event, old.key)`

const CHECK_WRITABLE = `
  insert into canary (id, written_at) values (1, $1) on conflict (id) do update set written_at = excluded.written_at`

type InspectMethods = Pick<Store, 'findEvent' | 'audit' | 'forgetOld' | 'checkWritable'>

export function inspectOperations(database: Database): InspectMethods {
  return {
    async findEvent({ account, site, messageId, subject }): Promise<RowStatus[]> {
      const who = subject === undefined ? null : storableText(subject)
      const [found] = await database.run({ text: FIND, values: [account, site, storableText(messageId), who] })
      return (found?.rows ?? []).map(readRowStatus)
    },

    async audit(): Promise<Audit> {
      const [counted] = await database.run({ text: AUDIT })
      const { received, duplicate, rejected, queued, needs_identity, delivered, dead } = counted?.rows[0] ?? {}
      return {
        received: Number(received),
        duplicate: Number(duplicate),
        rejected: Number(rejected),
        queued: Number(queued),
        needsIdentity: Number(needs_identity),
        delivered: Number(delivered),
        dead: Number(dead),
      }
    },

    async forgetOld({ now, deliveredBefore, limit }): Promise<number> {
      const [rows, moments] = await database.run(
        { text: FORGET_DELIVERED, values: [deliveredBefore, limit] },
        { text: FORGET_MOMENTS, values: [now, limit] },
        { text: 'delete from tickets where expires_at < $1', values: [now] },
      )
      return Number(rows?.rows[0]?.forgotten) + (moments?.count ?? 0)
    },

    async checkWritable(now): Promise<void> {
      await database.run({ text: CHECK_WRITABLE, values: [now] })
    },
  }
}
