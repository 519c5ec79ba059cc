import type { DatabaseSync } from 'node:sqlite'
import type { TargetName } from '../../outbox/event.ts'
import { isRemembered, rememberEvent } from '../../outbox/remember-event.ts'
import type { Plans } from '../../outbox/remember-event.ts'
import type { Tally } from '../../outbox/store.ts'
import { readRemembered } from './event-row.ts'
import type { EventRow, RowValues } from './event-row.ts'
import type { GroupNotes } from './group-notes.ts'
import { momentTable } from './moment-table.ts'

type Stored = 'queued' | 'duplicate'

export function enqueueOperations(database: DatabaseSync, plans: Plans, notes: GroupNotes) {
  const isKnown = database.prepare(
    'select 1 from outbox where account = ? and site = ? and message_id = ? and subject = ? and target = ?',
  )
  // Without numbers: a parameter that has one has a name, and for each value Node looks through the names of those before it.
  const insert = database.prepare(`
    insert into outbox (account, site, message_id, subject, event_id, event, state, issuer, sub, email, extra_data, placement,
      occurred_at, received_at, due_at, properties, target)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict do nothing`)
  const moments = momentTable(database)

  return {
    enqueue(events: EventRow[]): Stored[] {
      return events.map(([values, targets]) => {
        const [account, site, , , , name, state] = values
        const stored = isRemembered(plans, name) ? storeRemembered(values, targets) : insertRows(values, targets)
        notes.account(account)
        notes.enqueued(site, state, { received: targets.length, stored })
        return stored > 0 ? 'queued' : 'duplicate'
      })
    },

    countRejected({ site, rejected }: Tally): void {
      notes.tally(site, { received: rejected, rejected })
    },
  }

  /** Returns how many of the rows were new. */
  function insertRows(values: RowValues, targets: readonly TargetName[]): number {
    let stored = 0
    for (const target of targets) stored += Number(insert.run(...values, target).changes)
    return stored
  }

  /** A person's moments are read and written only for what is new. */
  function storeRemembered(values: RowValues, targets: readonly TargetName[]): number {
    const [account, site, messageId, subject] = values
    const newTargets = targets.filter((target) => !isKnown.get(account, site, messageId, subject, target))
    if (newTargets.length === 0) return 0
    const properties = JSON.stringify(rememberEvent(readRemembered(values), plans, moments))
    return insertRows(values.with(-1, properties) as RowValues, newTargets) // Text in the place of text.
  }
}
