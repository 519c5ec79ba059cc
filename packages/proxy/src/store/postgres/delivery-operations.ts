import { TARGETS } from '../../outbox/event.ts'
import type { Row } from '../../outbox/event.ts'
import type { Lease, Pause, Settlement, Store, TakenLease } from '../../outbox/store.ts'
import { EACH_TIME_BITS, FIRST_TIME_BITS } from '../../outbox/suspicion.ts'
import { ANY_TARGET } from '../any-target.ts'
import { readRow } from '../read-row.ts'
import type { Database } from './database.ts'
import { settledColumns } from './settled-columns.ts'
import { addForRows, SLOT_OF_SETTLING } from './tallies-table.ts'
import { records } from './transaction.ts'
import type { Statement } from './transaction.ts'

/**
 * An account whose row is locked is being leased, or settled under a lease that was good a moment ago: it is not free.
 *
 * Here and below, what a lateral subquery with a limit or an array keeps apart is found by an index, whatever the planner
 * believes of a queue that was empty when it was last counted.
 */
const LEASE = `
  with free as materialized (
    select a.account, a.handover from accounts a
    join grants g on g.account = a.account and g.state = 'connected'
    cross join lateral (
      select 1 from outbox where account = a.account and target in (${ANY_TARGET}) and state = 'due' and due_at <= $2 limit 1
    ) due
    where a.lease_until <= $2 and a.paused_until <= $2 and ($5::bigint[] is null or a.account = any ($5))
    order by random() limit $4 for update of a skip locked
  )
  update accounts a set lease_owner = $1, lease_until = $3, epoch = epoch + 1, handover = null
  from free where a.account = free.account
  returning a.account, a.epoch, a.lease_until, a.failures, a.paused_until, free.handover`

/**
 * Of accounts, by the lease's account, epoch and owner. A standby that takes over may lack the last lease: it gives the same epoch
 * once more, to somebody else. The owner stays when a lease runs out or is given back.
 */
const OF_LEASE = 'account = $1 and epoch = $2 and lease_owner = $3'

/** While this transaction lasts, nobody can take the account: what follows happens under the lease or not at all. */
const HOLD = `select 1 from accounts where ${OF_LEASE} for update`
const IS_HELD = `exists (select from accounts where ${OF_LEASE})`

const RENEW = `update accounts set lease_until = $4 where ${OF_LEASE}`
const RELEASE = `update accounts set lease_until = 0, handover = $4 where ${OF_LEASE}`

/** `place` and `deaths` are of the row and those before it: `claimableOf` in SQL, since it takes one round trip. */
const CLAIM = `
  update outbox set attempts = attempts + 1, claimed_epoch = $2, abandoned = abandoned + (claimed_epoch is not null)::integer
  where account = $1 and seq = any (array (
    select seq from (
      select seq, row_number() over so_far as place, max(abandoned) over so_far as deaths from (
        select due_at, seq, abandoned + (claimed_epoch is not null)::integer as abandoned from outbox
        where account = $1 and target = $4 and state = 'due' and due_at <= $5 and (due_at, seq) > ($7, $8)
          and (claimed_epoch is null or claimed_epoch < $2) and ${IS_HELD}
        order by due_at, seq limit $6 for update
      ) due window so_far as (order by due_at, seq)
    ) counted
    where place = 1 or deaths = 0 or place <= $6 >> least(${FIRST_TIME_BITS} + (deaths - 1) * ${EACH_TIME_BITS}, 30)
  ))
  returning *`

const FINISHED = {
  queued: '-count(*)',
  delivered: "count(*) filter (where state = 'delivered')",
  dead: "count(*) filter (where state = 'dead')",
}

const SETTLE = `
  with settled as (
    update outbox o set state = s.state, settled_at = s.settled_at, due_at = s.due_at, attempts = attempts - s.attempts_given_back,
      code = s.code, detail = s.detail, claimed_epoch = null, abandoned = 0
    from json_to_recordset($4::json)
      as s (seq bigint, state text, settled_at bigint, due_at bigint, attempts_given_back integer, code text, detail text)
    where o.account = $1 and o.seq = any ($5::bigint[]) and o.seq = s.seq and o.claimed_epoch = $2 and ${IS_HELD}
    returning o.account, o.site, o.state
  ), finished as (select * from settled where state <> 'due')
  ${addForRows('finished', FINISHED, SLOT_OF_SETTLING)}`

/** Claimed and never sent: as before the claim. */
const GIVE_BACK = `
  update outbox set attempts = attempts - 1, claimed_epoch = null
  where account = $1 and seq = any ($4::bigint[]) and claimed_epoch = $2 and ${IS_HELD}`

/** Most batches leave the account as it was: that costs no new version of its row. */
const PAUSE = `
  update accounts set paused_until = $4, failures = $5
  where ${OF_LEASE} and (paused_until, failures) is distinct from ($4, $5)`

/** For each connected account, the earliest due row of a target: one step in the index, however long the queue. */
const NEXT_DUE = `
  select min(greatest(a.lease_until, a.paused_until, due.at)) as at
  from accounts a
  join grants g on g.account = a.account and g.state = 'connected'
  cross join (values ${TARGETS.map((target) => `('${target}')`).join(', ')}) as t (target)
  cross join lateral (
    select min(due_at) as at from outbox o where o.account = a.account and o.target = t.target and o.state = 'due'
  ) due
  where due.at is not null`

type DeliveryMethods = Pick<Store, 'leaseAccounts' | 'renewLease' | 'claimDue' | 'settle' | 'releaseLease' | 'nextDueAt'>

export function deliveryOperations(database: Database): DeliveryMethods {
  return {
    async leaseAccounts({ owner, now, leaseMs, limit, among }): Promise<TakenLease[]> {
      const [leased] = await database.run({ text: LEASE, values: [owner, now, now + leaseMs, limit, among ?? null] })
      return (leased?.rows ?? []).map((row) => ({
        account: Number(row.account),
        owner,
        epoch: Number(row.epoch),
        until: Number(row.lease_until),
        pause: { until: Number(row.paused_until), failures: Number(row.failures) },
        ...(row.handover === null ? {} : { handover: String(row.handover) }),
      }))
    },

    async renewLease(lease, until): Promise<boolean> {
      const [renewed] = await database.run({ text: RENEW, values: [...nameOf(lease), until] })
      return renewed?.count === 1
    },

    async claimDue(lease, { target, now, limit, after }): Promise<Row[] | undefined> {
      const claim = { text: CLAIM, values: [...nameOf(lease), target, now, limit, after?.dueAt ?? -1, after?.seq ?? -1] }
      const [held, claimed] = await database.run({ text: HOLD, values: nameOf(lease) }, claim)
      if (held?.count !== 1) return undefined
      return (claimed?.rows ?? []).map(readRow).sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq)
    },

    async settle(lease, { rows, pause, now }): Promise<boolean> {
      const [held] = await database.run({ text: HOLD, values: nameOf(lease) }, ...settling(lease, rows, now), ...pausing(lease, pause))
      return held?.count === 1
    },

    async releaseLease(lease, handover): Promise<void> {
      await database.run({ text: RELEASE, values: [...nameOf(lease), handover ?? null] })
    },

    async nextDueAt(): Promise<number | undefined> {
      const [next] = await database.run({ text: NEXT_DUE })
      const at = next?.rows[0]?.at
      return at === null || at === undefined ? undefined : Number(at)
    },
  }
}

/** The first values of each statement that happens under a lease. */
function nameOf({ account, epoch, owner }: Lease): unknown[] {
  return [account, epoch, owner]
}

function settling(lease: Lease, rows: Settlement[], now: number): Statement[] {
  const tried = rows.flatMap(({ outcome, ...row }) => (outcome.kind === 'untried' ? [] : [{ ...row, outcome }]))
  const untried = rows.filter(({ outcome }) => outcome.kind === 'untried').map(({ seq }) => seq)
  const settled = records(tried.map((row) => settledColumns(row, now)))
  return [
    ...(tried.length ? [{ text: SETTLE, values: [...nameOf(lease), settled, tried.map(({ seq }) => seq)] }] : []),
    ...(untried.length ? [{ text: GIVE_BACK, values: [...nameOf(lease), untried] }] : []),
  ]
}

function pausing(lease: Lease, pause: Pause | undefined): Statement[] {
  return pause ? [{ text: PAUSE, values: [...nameOf(lease), pause.until, pause.failures] }] : []
}
