import type { Row } from '../../outbox/event.ts'
import type { Identity, Store } from '../../outbox/store.ts'
import { readRow } from '../read-row.ts'
import type { Database } from './database.ts'
import { addForRows } from './tallies-table.ts'
import { storableText } from './transaction.ts'

/** Rows that another node is handing out are skipped: it asks for them. */
const CLAIM = `
  with waiting as materialized (
    select account, seq from outbox where state = 'needs_identity' and due_at between $5 and $2 and site <> all($6::text[])
    order by due_at limit $3 for update skip locked
  )
  update outbox o set due_at = $2 + greatest($1, least($4, $2 - o.received_at)) from waiting where o.account = waiting.account and o.seq = waiting.seq
  returning o.*`

const IDENTIFY = `
  with identified as (
    update outbox set state = 'due', email = $4, due_at = $5
    where account = $1 and site = $2 and subject = $3 and state = 'needs_identity'
    returning account, site
  ), counted as (${addForRows('identified', { needs_identity: '-count(*)', queued: 'count(*)' })})
  select from identified`

/** What was remembered is read before it is replaced: both parts of a statement see the state at its start. */
const REMEMBER = `
  with before as (select email from identities where account = $1 and site = $2 and subject = $3),
  now as (
    insert into identities (account, site, subject, email, said_at) values ($1, $2, $3, $4, $5)
    on conflict (account, site, subject) do update set email = excluded.email, said_at = excluded.said_at
      where identities.said_at <= excluded.said_at
  )
  select email from before`

const FIND = 'select email, said_at from identities where account = $1 and site = $2 and subject = $3'

const GIVE_UP = `
  with old as materialized (
    select account, seq from outbox where state = 'needs_identity' and received_at < $2 and coalesce(retried_at, 0) < $2
    order by received_at limit $3 for update skip locked
  ), given_up as (
    update outbox o set state = 'dead', settled_at = $1, due_at = null, code = 'EMAIL_NOT_FOUND' from old
    where o.account = old.account and o.seq = old.seq
    returning o.account, o.site
  ), counted as (${addForRows('given_up', { needs_identity: '-count(*)', dead: 'count(*)' })})
  select from given_up`

type IdentityMethods = Pick<Store, 'claimUnidentified' | 'identify' | 'findIdentity' | 'giveUpUnidentified'>

export function identityOperations(database: Database, tellDue: (account: number) => void): IdentityMethods {
  return {
    async claimUnidentified({ now, firstMs, maxMs, limit, without = [], dueFrom = 0 }): Promise<Row[]> {
      const [claimed] = await database.run({ text: CLAIM, values: [firstMs, now, limit, maxMs, dueFrom, without] })
      return (claimed?.rows ?? []).map(readRow)
    },

    async identify({ account, site, subject, email, saidAt, now }): Promise<string | undefined> {
      const person = [account, site, storableText(subject), email]
      const [before, identified] = await database.run({ text: REMEMBER, values: [...person, saidAt] }, { text: IDENTIFY, values: [...person, now] })
      if (identified?.count) tellDue(account)
      const [row] = before?.rows ?? []
      return row && String(row.email)
    },

    async findIdentity({ account, site, subject }): Promise<Identity | undefined> {
      const [found] = await database.run({ text: FIND, values: [account, site, storableText(subject)] })
      const [row] = found?.rows ?? []
      return row && { email: String(row.email), saidAt: Number(row.said_at) }
    },

    async giveUpUnidentified({ receivedBefore, now, limit }): Promise<number> {
      const [givenUp] = await database.run({ text: GIVE_UP, values: [now, receivedBefore, limit] })
      return givenUp?.count ?? 0
    },
  }
}
