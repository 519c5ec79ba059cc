import type { DatabaseSync } from 'node:sqlite'
import type { RowState } from '../../outbox/event.ts'
import { addChange, COUNT_OF_STATE, noCounts } from '../tallies.ts'
import type { TallyChange, TallyCounts } from '../tallies.ts'
import type { TalliesTable } from './tallies-table.ts'

/**
 * What the events of a group have in common: noted in memory, so that each of its statements runs once a group and not once an event.
 */
export type GroupNotes = ReturnType<typeof createGroupNotes>

export function createGroupNotes(database: DatabaseSync, tallies: TalliesTable) {
  const addAccount = database.prepare('insert into accounts (account) values (?) on conflict do nothing')
  const accounts = new Set<number>()
  const changes = new Map<string, TallyCounts>()

  function clear(): void {
    accounts.clear()
    changes.clear()
  }

  function changesOf(site: string): TallyCounts {
    const known = changes.get(site)
    if (known) return known
    const counts = noCounts()
    changes.set(site, counts)
    return counts
  }

  return {
    account(account: number): void {
      accounts.add(account)
    },

    tally(site: string, change: TallyChange): void {
      addChange(changesOf(site), change)
    },

    /** Rows of one event, of which some were stored in this state and the others were there already. */
    enqueued(site: string, state: RowState, { received, stored }: { received: number; stored: number }): void {
      const counts = changesOf(site)
      counts.received += received
      counts.duplicate += received - stored
      counts[COUNT_OF_STATE[state]] += stored
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
