import type { RowState } from '../outbox/event.ts'
import type { Audit, SiteAudit } from '../outbox/store.ts'
import type { SqlRow } from './read-row.ts'

/**
 * What is counted of each site. `delivered` and `dead` count for ever; `forgotten` and `discarded` say how many of those have left
 * the table. Whatever changes a row's state, or takes a row away, changes these in the same transaction.
 */
export const TALLY_COLUMNS = [
  ...(['received', 'duplicate', 'rejected'] as const),
  ...(['queued', 'needs_identity', 'delivered', 'dead', 'forgotten', 'discarded'] as const),
] as const

/** How many rows a tally says are stored, as SQL. */
export const STORED_ROWS = 'queued + needs_identity + delivered - forgotten + dead - discarded'

export type TallyColumn = (typeof TALLY_COLUMNS)[number]

/** How much is added to a site's counts; less than nothing where promises move on. */
export type TallyChange = Partial<Record<TallyColumn, number>>

export type TallyCounts = Record<TallyColumn, number>

export function noCounts(): TallyCounts {
  return { received: 0, duplicate: 0, rejected: 0, queued: 0, needs_identity: 0, delivered: 0, dead: 0, forgotten: 0, discarded: 0 }
}

/** Adds a change to others of the same site. */
export function addChange(sum: TallyChange, change: TallyChange): void {
  for (const column of TALLY_COLUMNS) {
    const by = change[column]
    if (by !== undefined) sum[column] = (sum[column] ?? 0) + by
  }
}

/** The count that a row in this state is part of. */
export const COUNT_OF_STATE = {
  due: 'queued',
  needs_identity: 'needs_identity',
  delivered: 'delivered',
  dead: 'dead',
} as const satisfies Record<RowState, TallyColumn>

/** What the leaving of a row changes, by the state that it was in: what waited is counted as dead from now on. */
export function leftAs(state: RowState): TallyChange {
  if (state === 'delivered') return { forgotten: 1 }
  return state === 'dead' ? { discarded: 1 } : { [COUNT_OF_STATE[state]]: -1, dead: 1, discarded: 1 }
}

export function readSiteAudit(row: SqlRow): SiteAudit {
  return {
    site: String(row.site),
    received: Number(row.received),
    duplicate: Number(row.duplicate),
    rejected: Number(row.rejected),
    queued: Number(row.queued),
    needsIdentity: Number(row.needs_identity),
    delivered: Number(row.delivered),
    dead: Number(row.dead),
    stored: {
      queued: Number(row.queued),
      needsIdentity: Number(row.needs_identity),
      delivered: Number(row.delivered) - Number(row.forgotten),
      dead: Number(row.dead) - Number(row.discarded),
    },
  }
}

/** All sites together. */
export function sumOfSites(sites: readonly SiteAudit[]): Audit {
  const sum = (count: keyof Audit) => sites.reduce((total, site) => total + site[count], 0)
  return {
    received: sum('received'),
    duplicate: sum('duplicate'),
    rejected: sum('rejected'),
    queued: sum('queued'),
    needsIdentity: sum('needsIdentity'),
    delivered: sum('delivered'),
    dead: sum('dead'),
  }
}

/** A count of the rows themselves, by site and state. */
export function readRowCounts(rows: readonly SqlRow[]): Map<string, SiteAudit['stored']> {
  const counts = new Map<string, SiteAudit['stored']>()
  for (const { site, queued, needs_identity, delivered, dead } of rows) {
    counts.set(String(site), { queued: Number(queued), needsIdentity: Number(needs_identity), delivered: Number(delivered), dead: Number(dead) })
  }
  return counts
}
