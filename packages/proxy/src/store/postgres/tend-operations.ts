import type { RowState, StoredRow } from '../../outbox/event.ts'
import type { AccountState, Store } from '../../outbox/store.ts'
import { ACCOUNT_STATES, readAccountState } from '../read-account.ts'
import { readStoredRow, STORED_COLUMNS } from '../read-row.ts'
import { firstMark, ORDER_OF_STATE, readListedRow } from '../row-order.ts'
import type { Database } from './database.ts'
import { addForRows } from './tallies-table.ts'
import { records, storableText } from './transaction.ts'

/** No index begins with the event's id, and nobody waits for whoever looks for one: it locks nothing. */
const SEARCH_WITHIN_MS = 600_000

function pageOf(state: RowState): string {
  const order = ORDER_OF_STATE[state]
  return `
    select ${STORED_COLUMNS} from outbox join accounts using (account)
    where state = '${state}' and (${order.join(', ')}) > (${order.map((_, index) => `$${index + 2}`).join(', ')})
    order by ${order.join(', ')} limit $1`
}

const PAGES = { dead: pageOf('dead'), delivered: pageOf('delivered'), needs_identity: pageOf('needs_identity'), due: pageOf('due') }

/** From site to site by the index that keeps messages apart: it has no step for a messageId alone. */
const FIND_MESSAGE = `
  with recursive sites as (
    (select account, site from outbox order by account, site limit 1)
    union all
    select following.account, following.site from sites cross join lateral (
      select account, site from outbox where (account, site) > (sites.account, sites.site) order by account, site limit 1
    ) following
  )
  select found.* from sites cross join lateral (
    select ${STORED_COLUMNS} from outbox join accounts using (account)
    where account = sites.account and site = sites.site and message_id = $1
  ) found order by seq`

const FIND_EVENT_ID = `select ${STORED_COLUMNS} from outbox join accounts using (account) where event_id = $1 order by seq`

const NAMED = 'json_to_recordset($1::json) as named (account bigint, seq bigint)'

/**
 * Whether JSON of ours has this member, as text: PostgreSQL refuses to read JSON that names a NUL or half a surrogate pair, and one such
 * row would keep all others. Within a string each quote has a backslash before it, so no label matches.
 */
const HAS_OBJECT_ID = `placement like '%"objectId":%'`

const RETRY = `
  with retried as (
    update outbox o set state = case when email is null and (${HAS_OBJECT_ID}) is not true then 'needs_identity' else 'due' end,
      due_at = $2, retried_at = $2, attempts = 0, settled_at = null
    from ${NAMED} where o.account = named.account and o.seq = named.seq and o.state = 'dead'
    returning o.account, o.site, o.state
  ), counted as (${addForRows('retried', {
    dead: '-count(*)',
    queued: "count(*) filter (where state = 'due')",
    needs_identity: "count(*) filter (where state = 'needs_identity')",
  })})
  select account, state from retried`

const DISCARD = `
  with gone as (
    delete from outbox o using ${NAMED}
    where o.account = named.account and o.seq = named.seq and ($2 or o.state <> 'delivered')
      and (o.claimed_epoch is null or o.claimed_epoch < (select epoch from accounts a where a.account = o.account))
    returning o.account, o.site, o.state
  ), counted as (${addForRows('gone', {
    queued: "-count(*) filter (where state = 'due')",
    needs_identity: "-count(*) filter (where state = 'needs_identity')",
    dead: "count(*) filter (where state in ('due', 'needs_identity'))",
    discarded: "count(*) filter (where state <> 'delivered')",
    forgotten: "count(*) filter (where state = 'delivered')",
  })})
  select from gone`

type TendMethods = Pick<Store, 'listRows' | 'findRows' | 'retryRows' | 'discardRows' | 'accountStates'>

/** What an operator does with rows by hand, beside the nodes that work on them. */
export function tendOperations(database: Database, tellDue: (account: number) => void): TendMethods {
  return {
    async listRows({ state, after = firstMark(state), limit }) {
      const [page] = await database.run({ text: PAGES[state], values: [limit, ...after] })
      return (page?.rows ?? []).map(readListedRow)
    },

    async findRows(query): Promise<StoredRow[]> {
      const [text, id] = 'messageId' in query ? [FIND_MESSAGE, query.messageId] : [FIND_EVENT_ID, query.eventId]
      const search = { text, values: [storableText(id)], answerWithinMs: SEARCH_WITHIN_MS }
      const [, found] = await database.run({ text: `set local statement_timeout = ${SEARCH_WITHIN_MS}` }, search)
      return (found?.rows ?? []).map(readStoredRow)
    },

    async retryRows(rows, now): Promise<number> {
      const [retried] = await database.run({ text: RETRY, values: [records(rows), now] })
      const due = retried?.rows.filter(({ state }) => state === 'due') ?? []
      for (const account of new Set(due.map((row) => Number(row.account)))) tellDue(account)
      return retried?.count ?? 0
    },

    async discardRows(rows, { deliveredToo } = { deliveredToo: false }): Promise<number> {
      const [gone] = await database.run({ text: DISCARD, values: [records(rows), deliveredToo] })
      return gone?.count ?? 0
    },

    async accountStates(): Promise<AccountState[]> {
      const [states] = await database.run({ text: ACCOUNT_STATES })
      return (states?.rows ?? []).map(readAccountState)
    },
  }
}
