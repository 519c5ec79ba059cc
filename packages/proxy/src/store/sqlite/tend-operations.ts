import type { DatabaseSync } from 'node:sqlite'
import type { RowKey, RowState, StoredRow } from '../../outbox/event.ts'
import type { AccountState, ListedRow, PageMark } from '../../outbox/store.ts'
import { ACCOUNT_STATES, readAccountState } from '../read-account.ts'
import { readStoredRow, STORED_COLUMNS } from '../read-row.ts'
import { firstMark, ORDER_OF_STATE, readListedRow } from '../row-order.ts'
import { COUNT_OF_STATE, leftAs } from '../tallies.ts'
import { overwriting } from './overwriting.ts'
import type { TalliesTable } from './tallies-table.ts'

/** What an operator does with rows by hand, beside the service that works on them. */
export function tendOperations(database: DatabaseSync, tallies: TalliesTable) {
  const pages = { dead: pageOf('dead'), delivered: pageOf('delivered'), needs_identity: pageOf('needs_identity'), due: pageOf('due') }
  const nextSite = database.prepare('select account, site from outbox where (account, site) > (?, ?) order by account, site limit 1')
  const findMessage = database.prepare(`
    select ${STORED_COLUMNS} from outbox join accounts using (account) where account = ? and site = ? and message_id = ? order by seq`)
  const findEventId = database.prepare(`
    select ${STORED_COLUMNS} from outbox join accounts using (account) where event_id = ? order by seq`)
  const retry = database.prepare(`
    update outbox set state = iif(email is null and (placement ->> 'objectId') is null, 'needs_identity', 'due'), due_at = :now, retried_at = :now,
      attempts = 0, abandoned = 0, settled_at = null
    where seq = :seq and account = :account and state = 'dead' returning site, state`)
  const stateOf = database.prepare('select state from outbox where seq = ? and account = ?')
  const discard = database.prepare(`
    delete from outbox
    where seq = ? and account = ? and (state <> 'delivered' or ?)
      and (claimed_epoch is null or claimed_epoch < (select epoch from accounts a where a.account = outbox.account))
    returning site`)
  const accounts = database.prepare(ACCOUNT_STATES)

  function pageOf(state: RowState) {
    const order = ORDER_OF_STATE[state]
    return database.prepare(`
      select ${STORED_COLUMNS} from outbox join accounts using (account)
      where state = '${state}' and (${order.join(', ')}) > (${order.map(() => '?').join(', ')}) order by ${order.join(', ')} limit ?`)
  }

  function findRowsOfMessage(messageId: string): StoredRow[] {
    const rows: StoredRow[] = []
    // From site to site by the index that keeps messages apart: it has no step for a messageId alone.
    for (let at = nextSite.get(0, ''); at; at = nextSite.get(at.account ?? 0, at.site ?? '')) {
      rows.push(...findMessage.all(at.account ?? 0, at.site ?? '', messageId).map(readStoredRow))
    }
    return rows
  }

  return {
    listRows({ state, after = firstMark(state), limit }: { state: RowState; after?: PageMark; limit: number }): ListedRow[] {
      return pages[state].all(...after, limit).map(readListedRow)
    },

    findRows(query: { messageId: string } | { eventId: string }): StoredRow[] {
      return 'messageId' in query ? findRowsOfMessage(query.messageId) : findEventId.all(query.eventId).map(readStoredRow)
    },

    retryRows(rows: RowKey[], now: number): number {
      const retried = rows.map(({ seq, account }) => retry.get({ seq, account, now })).filter((row) => row !== undefined)
      for (const state of ['due', 'needs_identity'] as const) {
        tallies.addForRows(retried.filter((row) => row.state === state), { dead: -1, [COUNT_OF_STATE[state]]: 1 })
      }
      return retried.length
    },

    discardRows(rows: RowKey[], { deliveredToo } = { deliveredToo: false }): number {
      return overwriting(database, () => rows.filter(({ seq, account }) => {
        const before = stateOf.get(seq, account)
        const gone = discard.get(seq, account, Number(deliveredToo))
        // A state of RowState is all that is ever written to this column.
        if (before && gone) tallies.add(String(gone.site), leftAs(before.state as RowState))
        return gone !== undefined
      }).length)
    },

    accountStates(): AccountState[] {
      return accounts.all().map(readAccountState)
    },
  }
}
