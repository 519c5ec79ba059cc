import { TALLY_COLUMNS } from '../tallies.ts'
import type { TallyColumn } from '../tallies.ts'

/**
 * A site's tally is spread over this many rows; a connection adds to the one that its number chooses. With one row for all, every
 * commit of every node would wait for the one before it.
 */
const SLOTS = 16
const SLOT_OF_CONNECTION = `pg_backend_pid() % ${SLOTS}`
/** Settling holds its account's row, so it never meets another settle here; with a row of its own it meets nobody at all. */
export const SLOT_OF_SETTLING = String(SLOTS)

/** How many promises a site was given, and how many of them were rejected. */
export interface Received {
  account: number
  site: string
  received: number
  rejected: number
}

/** One change a site: a group of a thousand events is one to the database. */
export function sumBySite(changes: readonly Received[]): Received[] {
  const sums = new Map<string, Received>()
  for (const { account, site, received, rejected } of changes) {
    const name = `${account} ${site}`
    const sum = sums.get(name) ?? { account, site, received: 0, rejected: 0 }
    sum.received += received
    sum.rejected += rejected
    sums.set(name, sum)
  }
  return [...sums.values()]
}

/**
 * A part of a statement that adds to the tallies what another part has changed; each count is an expression over its rows. It goes by account and site, so that two
 * transactions never wait for each other in a circle. Whatever else a transaction locks, it locks before. [docs/adr/0030]
 *
 * @param rows  name of the part; its rows have `account` and `site`
 */
export function addForRows(rows: string, counts: Partial<Record<TallyColumn, string>>, slot = SLOT_OF_CONNECTION): string {
  const columns = Object.keys(counts)
  return `
    insert into tallies as t (account, site, slot, ${columns.join(', ')})
    select account, site, ${slot}, ${Object.values(counts).join(', ')} from ${rows}
    group by account, site order by account, site
    on conflict (account, site, slot) do update set ${columns.map((column) => `${column} = t.${column} + excluded.${column}`).join(', ')}`
}

/** Takes rows away that were settled long ago, and counts them as such. */
export const FORGET_DELIVERED = forget('delivered', 'forgotten')
export const FORGET_DEAD = forget('dead', 'discarded')

function forget(state: 'delivered' | 'dead', column: TallyColumn): string {
  return `
    with old as materialized (
      select account, seq from outbox where state = '${state}' and settled_at < $1
      order by settled_at limit $2 for update skip locked
    ), gone as (
      delete from outbox o using old where o.account = old.account and o.seq = old.seq returning o.account, o.site
    ), counted as (${addForRows('gone', { [column]: 'count(*)' })})
    select from gone`
}

/** One statement sees one moment: no commit of another node comes between two sites. */
export const AUDIT = `
  select site, ${TALLY_COLUMNS.map((column) => `sum(${column}) as ${column}`).join(', ')} from tallies group by site order by site`

export const COUNT_ROWS = `
  select site, count(*) filter (where state = 'due') as queued, count(*) filter (where state = 'needs_identity') as needs_identity,
    count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'dead') as dead
  from outbox group by site`
