import type { DatabaseSync } from 'node:sqlite'
import { TALLY_COLUMNS } from '../tallies.ts'
import type { TallyChange } from '../tallies.ts'

export type TalliesTable = ReturnType<typeof talliesTable>

/** The counts of each site: one row a site, written in the transaction that changes what is counted. */
export function talliesTable(database: DatabaseSync) {
  const upsert = database.prepare(`
    insert into tallies (site, ${TALLY_COLUMNS.join(', ')}) values (?, ${TALLY_COLUMNS.map(() => '?').join(', ')})
    on conflict do update set ${TALLY_COLUMNS.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`)

  return {
    add(site: string, change: TallyChange): void {
      upsert.run(site, ...TALLY_COLUMNS.map((column) => change[column] ?? 0))
    },

    /** Adds the same change once for each row, with one write a site. */
    addForRows(rows: readonly { site?: unknown }[], change: TallyChange): void {
      const times = new Map<string, number>()
      for (const { site } of rows) times.set(String(site), (times.get(String(site)) ?? 0) + 1)
      for (const [site, count] of times) this.add(site, multiplied(change, count))
    },
  }
}

function multiplied(change: TallyChange, times: number): TallyChange {
  return Object.fromEntries(Object.entries(change).map(([column, by]) => [column, by * times]))
}
