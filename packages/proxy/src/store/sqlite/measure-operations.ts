import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { OldestWaiting, OutboxSize } from '../../outbox/size.ts'
import { TARGETS } from '../../outbox/event.ts'
import { STORED_ROWS } from '../tallies.ts'

/** How large the outbox is and how long something has waited: asked all day long, so nothing here looks at many rows. */
export function measureOperations(database: DatabaseSync) {
  const path = database.location() ?? ''
  const pages = database.prepare(`
    select page_count * page_size as bytes, (page_count - freelist_count) * page_size as used
    from pragma_page_count, pragma_freelist_count, pragma_page_size`)
  const tallied = database.prepare(`select total(${STORED_ROWS}) as rows from tallies`)
  const oldestDue = database.prepare(`
    select min(due_at) as at from (${TARGETS.map(
      (target) => `select (select min(o.due_at) from outbox o where o.account = a.account and o.target = '${target}' and o.state = 'due') as due_at from accounts a`,
    ).join(' union all ')})`)
  const oldestTried = database.prepare("select min(coalesce(retried_at, received_at)) as at from outbox where state = 'due' and code is not null")
  const oldestUnidentified = database.prepare("select min(received_at) as at from outbox where state = 'needs_identity'")

  return {
    size(): OutboxSize {
      const { bytes, used } = pages.get() ?? {}
      const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
      return { rows: Number(tallied.get()?.rows), bytes: Number(bytes) + logBytes, usedBytes: Number(used) + logBytes }
    },

    oldestWaiting(): OldestWaiting {
      const oldest = { due: oldestDue.get()?.at, tried: oldestTried.get()?.at, needsIdentity: oldestUnidentified.get()?.at }
      return Object.fromEntries(Object.entries(oldest).filter(([, at]) => typeof at === 'number'))
    },
  }
}
