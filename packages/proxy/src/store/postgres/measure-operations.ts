import { TARGETS } from '../../outbox/event.ts'
import type { Store } from '../../outbox/store.ts'
import { STORED_ROWS } from '../tallies.ts'
import type { Database } from './database.ts'

const SIZE = `
  select (select coalesce(sum(${STORED_ROWS}), 0) from tallies) as rows,
    (select sum(pg_total_relation_size(c.oid)) from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r') as bytes`

/** Rows of an account that wait for another attempt are due at few moments: their distance doubles with each attempt, and is the same for all. */
const MOST_MOMENTS = 16

/**
 * Of each account and target, the row that is first due, and of those that are due later, the first of each moment. So an index finds it,
 * however many wait.
 */
const OLDEST = `
  with recursive moments (account, target, at, number) as (
    select a.account, t.target, ${firstDue('a', 't')}, 1
    from accounts a cross join (values ${TARGETS.map((target) => `('${target}')`).join(', ')}) as t (target)
    union all
    select m.account, m.target, ${firstDue('m', 'm', 'and o.due_at > greatest(m.at, $1)')}, m.number + 1
    from moments m where m.at is not null and m.number < ${MOST_MOMENTS}
  )
  select (
    select min((
      select coalesce(o.retried_at, o.received_at) from outbox o
      where o.account = m.account and o.target = m.target and o.state = 'due' and o.due_at = m.at order by o.seq limit 1
    )) from moments m where m.at is not null
  ) as due, (select min(received_at) from outbox where state = 'needs_identity') as needs_identity`

function firstDue(account: string, target: string, later = ''): string {
  return `(select min(o.due_at) from outbox o where o.account = ${account}.account and o.target = ${target}.target and o.state = 'due' ${later})`
}

/** How large the outbox is and how long something has waited: asked all day long, so nothing here looks at many rows. */
export function measureOperations(database: Database): Pick<Store, 'size' | 'oldestWaiting'> {
  return {
    async size() {
      const [measured] = await database.run({ text: SIZE })
      return { rows: Number(measured?.rows[0]?.rows), bytes: Number(measured?.rows[0]?.bytes) }
    },

    async oldestWaiting(now) {
      const [oldest] = await database.run({ text: OLDEST, values: [now] })
      const { due = null, needs_identity: needsIdentity = null } = oldest?.rows[0] ?? {}
      return { ...(due === null ? {} : { due: Number(due) }), ...(needsIdentity === null ? {} : { needsIdentity: Number(needsIdentity) }) }
    },
  }
}
