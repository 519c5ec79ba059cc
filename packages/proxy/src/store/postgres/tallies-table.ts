import { records } from './transaction.ts'
import type { Statement } from './transaction.ts'

/**
 * A site's tally is spread over this many rows; a connection adds to the one that its number chooses. With one row for all, every
 * commit of every node would wait for the one before it.
 */
const SLOTS = 16
/** Refused messages are counted for a site; they do not name an account. */
const NO_ACCOUNT = 0

export interface TallyChange {
  account: number
  site: string
  received: number
  duplicate: number
  rejected: number
}

export function rejectedTally(site: string, rejected: number): TallyChange {
  return { account: NO_ACCOUNT, site, received: rejected, duplicate: 0, rejected }
}

/** Adds to the tallies: in one order, so that two transactions never wait for each other in a circle. */
export function addToTallies(changes: TallyChange[]): Statement {
  const text = `
    insert into tallies as t (account, site, slot, received, duplicate, rejected)
    select account, site, pg_backend_pid() % ${SLOTS}, sum(received), sum(duplicate), sum(rejected)
    from json_to_recordset($1::json) as added (account bigint, site text, received bigint, duplicate bigint, rejected bigint)
    group by account, site order by account, site
    on conflict (account, site, slot) do update
      set received = t.received + excluded.received, duplicate = t.duplicate + excluded.duplicate,
        rejected = t.rejected + excluded.rejected`
  return { text, values: [records(changes)] }
}

/** Moves what has been forgotten from the rows to the tally. */
export const FORGET_DELIVERED = `
  with old as materialized (
    select account, seq from outbox where state = 'delivered' and settled_at < $1
    order by settled_at limit $2 for update skip locked
  ), gone as (
    delete from outbox o using old where o.account = old.account and o.seq = old.seq returning o.account, o.site
  ), counted as (
    insert into tallies as t (account, site, slot, forgotten)
    select account, site, pg_backend_pid() % ${SLOTS}, count(*) from gone group by account, site order by account, site
    on conflict (account, site, slot) do update set forgotten = t.forgotten + excluded.forgotten
  )
  select count(*) as forgotten from gone`
