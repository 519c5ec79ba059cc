import type { Row } from '../../outbox/event.ts'
import type { Store } from '../../outbox/store.ts'
import { readRow } from '../read-row.ts'
import type { Database } from './database.ts'
import { addForRows } from './tallies-table.ts'
import { storableText } from './transaction.ts'

/** Rows that another node is handing out are skipped: it asks for them. */
const CLAIM = `
  with waiting as materialized (
    select account, seq from outbox where state = 'needs_identity' and due_at <= $2
    order by due_at limit $3 for update skip locked
  )
  update outbox o set due_at = $1 from waiting where o.account = waiting.account and o.seq = waiting.seq
  returning o.*`

const IDENTIFY = `
  with identified as (
    update outbox set state = 'due', email = $4, due_at = $5
    where account = $1 and site = $2 and subject = $3 and state = 'needs_identity'
    returning account, site
  ), counted as (${addForRows('identified', { needs_identity: '-count(*)', queued: 'count(*)' })})
  select from identified`

const GIVE_UP = `
  with given_up as (
    update outbox set state = 'dead', settled_at = $1, due_at = null, code = 'EMAIL_NOT_FOUND'
    where state = 'needs_identity' and received_at < $2 and coalesce(retried_at, 0) < $2
    returning account, site
  ), counted as (${addForRows('given_up', { needs_identity: '-count(*)', dead: 'count(*)' })})
  select from given_up`

type IdentityMethods = Pick<Store, 'claimUnidentified' | 'identify' | 'giveUpUnidentified'>

export function identityOperations(database: Database, tellDue: (account: number) => void): IdentityMethods {
  return {
    async claimUnidentified({ now, retryAt, limit }): Promise<Row[]> {
      const [claimed] = await database.run({ text: CLAIM, values: [retryAt, now, limit] })
      return (claimed?.rows ?? []).map(readRow)
    },

    async identify({ account, site, subject, email, now }): Promise<void> {
      const [identified] = await database.run({ text: IDENTIFY, values: [account, site, storableText(subject), email, now] })
      if (identified?.count) tellDue(account)
    },

    async giveUpUnidentified({ receivedBefore, now }): Promise<number> {
      const [givenUp] = await database.run({ text: GIVE_UP, values: [now, receivedBefore] })
      return givenUp?.count ?? 0
    },
  }
}
