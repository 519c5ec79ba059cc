import { TARGETS } from '../../outbox/event.ts'
import type { Store } from '../../outbox/store.ts'
import { STORED_ROWS } from '../tallies.ts'
import type { Database } from './database.ts'

const SIZE = `
  select (select coalesce(sum(${STORED_ROWS}), 0) from tallies) as rows,
    (select sum(pg_total_relation_size(c.oid)) from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r') as bytes`

const OLDEST = `
  select (
    select min(due.at) from accounts a
    cross join (values ${TARGETS.map((target) => `('${target}')`).join(', ')}) as t (target)
    cross join lateral (
      select min(due_at) as at from outbox o where o.account = a.account and o.target = t.target and o.state = 'due'
    ) due
  ) as due, (select min(coalesce(retried_at, received_at)) from outbox where state = 'due' and code is not null) as tried,
    (select min(received_at) from outbox where state = 'needs_identity') as needs_identity`

/** How large the outbox is and how long something has waited: asked all day long, so nothing here looks at many rows. */
export function measureOperations(database: Database): Pick<Store, 'size' | 'oldestWaiting'> {
  return {
    async size() {
      const [measured] = await database.run({ text: SIZE })
      return { rows: Number(measured?.rows[0]?.rows), bytes: Number(measured?.rows[0]?.bytes) }
    },

    async oldestWaiting() {
      const [oldest] = await database.run({ text: OLDEST })
      const { due, tried, needs_identity: needsIdentity } = oldest?.rows[0] ?? {}
      const found = Object.entries({ due, tried, needsIdentity }).filter(([, at]) => at !== null && at !== undefined)
      return Object.fromEntries(found.map(([what, at]) => [what, Number(at)]))
    },
  }
}
