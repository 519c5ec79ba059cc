import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { OldestWaiting, OutboxSize } from '../../outbox/size.ts'
import { TARGETS } from '../../outbox/event.ts'
import { STORED_ROWS } from '../tallies.ts'

/** Rows of an account that wait for another attempt are due at few moments: their distance doubles with each attempt, and is the same for all. */
const MOST_MOMENTS = 16

/**
 * Of each account and target, the row that is first due, and of those that are due later, the first of each moment. So an index finds it,
 * however many wait.
 */
const OLDEST_DUE = `
  with recursive moments (account, target, at, number) as (
    select account, target, ${firstDue('accounts', 'targets')}, 1
    from accounts, (${TARGETS.map((target) => `select '${target}' as target`).join(' union all ')}) targets
    union all
    select account, target, ${firstDue('moments', 'moments', 'and o.due_at > max(moments.at, $now)')}, number + 1
    from moments where at is not null and number < ${MOST_MOMENTS}
  )
  select min((
    select coalesce(o.retried_at, o.received_at) from outbox o
    where o.account = moments.account and o.target = moments.target and o.state = 'due' and o.due_at = moments.at order by o.seq limit 1
  )) as at from moments where at is not null`

function firstDue(account: string, target: string, later = ''): string {
  return `(select min(o.due_at) from outbox o where o.account = ${account}.account and o.target = ${target}.target and o.state = 'due' ${later})`
}

/** How large the outbox is and how long something has waited: asked all day long, so nothing here looks at many rows. */
export function measureOperations(database: DatabaseSync) {
  const path = database.location() ?? ''
  const pages = database.prepare(`
    select page_count * page_size as bytes, (page_count - freelist_count) * page_size as used
    from pragma_page_count, pragma_freelist_count, pragma_page_size`)
  const tallied = database.prepare(`select total(${STORED_ROWS}) as rows from tallies`)
  const oldestDue = database.prepare(OLDEST_DUE)
  const oldestUnidentified = database.prepare("select min(received_at) as at from outbox where state = 'needs_identity'")

  return {
    size(): OutboxSize {
      const { bytes, used } = pages.get() ?? {}
      const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
      return { rows: Number(tallied.get()?.rows), bytes: Number(bytes) + logBytes, usedBytes: Number(used) + logBytes }
    },

    oldestWaiting(now: number): OldestWaiting {
      const [due, needsIdentity] = [oldestDue.get({ now })?.at, oldestUnidentified.get()?.at]
      return { ...(typeof due === 'number' ? { due } : {}), ...(typeof needsIdentity === 'number' ? { needsIdentity } : {}) }
    },
  }
}
