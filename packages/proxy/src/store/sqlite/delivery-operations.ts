import type { DatabaseSync } from 'node:sqlite'
import { TARGETS } from '../../outbox/event.ts'
import type { Row, TargetName } from '../../outbox/event.ts'
import type { Lease, Pause, Settlement } from '../../outbox/store.ts'
import { ANY_TARGET } from '../any-target.ts'
import { readRow, ROW_COLUMNS } from '../read-row.ts'
import type { TalliesTable } from './tallies-table.ts'

export function deliveryOperations(database: DatabaseSync, tallies: TalliesTable) {
  const lease = database.prepare(`
    update accounts set lease_owner = :owner, lease_until = :until, epoch = epoch + 1
    where account in (
      select a.account from accounts a join grants g on g.account = a.account and g.state = 'connected'
      where a.lease_until <= :now and a.paused_until <= :now and exists (
        select 1 from outbox o where o.account = a.account and o.target in (${ANY_TARGET}) and o.state = 'due' and o.due_at <= :now)
      order by random() limit :limit)
    returning account, epoch, lease_until, failures, paused_until`)
  const renew = database.prepare('update accounts set lease_until = ? where account = ? and epoch = ?')
  const release = database.prepare('update accounts set lease_until = 0 where account = ? and epoch = ?')
  const pauseAccount = database.prepare('update accounts set paused_until = ?, failures = ? where account = ? and epoch = ?')
  const isHeld = database.prepare('select 1 from accounts where account = ? and epoch = ?')
  const claim = database.prepare(`
    update outbox set attempts = attempts + 1, claimed_epoch = :epoch
    where seq in (
      select seq from outbox
      where account = :account and target = :target and state = 'due' and due_at <= :now
        and (claimed_epoch is null or claimed_epoch < :epoch)
      order by due_at, seq limit :limit)
    returning ${ROW_COLUMNS}`)
  const settleRow = settleStatements(database)
  const nextDue = database.prepare(`
    select min(max(lease_until, paused_until, due_at)) as at
    from (${TARGETS.map(earliestDue).join(' union all ')})
    where due_at is not null`)

  return {
    leaseAccounts({ owner, now, leaseMs, limit }: { owner: string; now: number; leaseMs: number; limit: number }): (Lease & { pause: Pause })[] {
      return lease.all({ owner, now, until: now + leaseMs, limit }).map((row) => ({
        account: Number(row.account),
        owner,
        epoch: Number(row.epoch),
        until: Number(row.lease_until),
        pause: { until: Number(row.paused_until), failures: Number(row.failures) },
      }))
    },

    renewLease({ account, epoch }: Lease, until: number): boolean {
      return renew.run(until, account, epoch).changes === 1
    },

    claimDue({ account, epoch }: Lease, { target, now, limit }: { target: TargetName; now: number; limit: number }): Row[] | undefined {
      if (!isHeld.get(account, epoch)) return undefined
      return claim.all({ account, epoch, target, now, limit }).map(readRow).sort((a, b) => a.seq - b.seq)
    },

    settle({ account, epoch }: Lease, { rows, pause, now }: { rows: Settlement[]; pause?: Pause; now: number }): boolean {
      if (!isHeld.get(account, epoch)) return false
      const finished = rows.map((row) => settleRow(row, { epoch, now })).filter((row) => row !== undefined)
      for (const state of FINAL_STATES) tallies.addForRows(finished.filter((row) => row.state === state), { queued: -1, [state]: 1 })
      if (pause) pauseAccount.run(pause.until, pause.failures, account, epoch)
      return true
    },

    releaseLease({ account, epoch }: Lease): void {
      release.run(account, epoch)
    },

    nextDueAt(): number | undefined {
      const at = nextDue.get()?.at
      return at === null || at === undefined ? undefined : Number(at)
    },
  }
}

/** For each connected account, the earliest due row of a target: one step in the index, however long the queue. */
function earliestDue(target: TargetName): string {
  return `
    select a.lease_until, a.paused_until, (
      select min(o.due_at) from outbox o where o.account = a.account and o.target = '${target}' and o.state = 'due') as due_at
    from accounts a join grants g on g.account = a.account and g.state = 'connected'`
}

const FINAL_STATES = ['delivered', 'dead'] as const

/** The one place that turns an outcome into a state; a row that is finished is given back. */
function settleStatements(database: DatabaseSync) {
  const own = 'where seq = ? and claimed_epoch = ?'
  const finish = database.prepare(`
    update outbox set state = ?, settled_at = ?, code = ?, detail = ?, due_at = null, claimed_epoch = null ${own}
    returning site, state`)
  const wait = database.prepare(`
    update outbox set due_at = ?, attempts = attempts - ?, code = ?, detail = ?, claimed_epoch = null ${own}`)

  return ({ seq, outcome, nextAttemptAt }: Settlement, { epoch, now }: { epoch: number; now: number }) => {
    switch (outcome.kind) {
      case 'delivered':
        return finish.get('delivered', now, null, null, seq, epoch)
      case 'dead':
        return finish.get('dead', now, outcome.code, outcome.detail ?? null, seq, epoch)
      case 'snooze':
        wait.run(nextAttemptAt ?? now, 1, outcome.code, outcome.detail ?? null, seq, epoch)
        return undefined
      case 'retry':
        wait.run(nextAttemptAt ?? now, 0, outcome.code, outcome.detail ?? null, seq, epoch)
        return undefined
    }
  }
}
