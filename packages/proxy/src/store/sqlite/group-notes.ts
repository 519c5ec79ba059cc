import type { DatabaseSync } from 'node:sqlite'
import { addChange } from '../tallies.ts'
import type { TallyChange } from '../tallies.ts'
import type { TalliesTable } from './tallies-table.ts'

/**
 * What the events of a group have in common: noted in memory, so that each of its statements runs once a group and not once an event.
 */
export type GroupNotes = ReturnType<typeof createGroupNotes>

export function createGroupNotes(database: DatabaseSync, tallies: TalliesTable) {
  const addAccount = database.prepare('insert into accounts (account) values (?) on conflict do nothing')
  const accounts = new Set<number>()
  const changes = new Map<string, TallyChange>()

  function clear(): void {
    accounts.clear()
    changes.clear()
  }

  return {
    account(account: number): void {
      accounts.add(account)
    },

    tally(site: string, change: TallyChange): void {
      const sum = changes.get(site) ?? {}
      addChange(sum, change)
      changes.set(site, sum)
    },

    /** In the group's transaction: before anything that may read what was noted, and at its end. */
    write(): void {
      for (const account of accounts) addAccount.run(account)
      for (const [site, change] of changes) tallies.add(site, change)
      clear()
    },

    /** After the transaction was rolled back. */
    clear,
  }
}
