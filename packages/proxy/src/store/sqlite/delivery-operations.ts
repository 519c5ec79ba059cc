import type { DatabaseSync } from 'node:sqlite'
import { TARGETS } from '../../outbox/event.ts'
import type { Row, TargetName } from '../../outbox/event.ts'
import type { Lease, Pause, Place, Settlement, TakenLease } from '../../outbox/store.ts'
import { claimStatements } from './claim-statements.ts'
import { leaseStatements } from './lease-statements.ts'
import { settleStatements } from './settle-statements.ts'
import type { TalliesTable } from './tallies-table.ts'

/** Of accounts, by the lease's account, epoch and owner. */
const OF_LEASE = 'account = ? and epoch = ? and lease_owner = ?'

const FINAL_STATES = ['delivered', 'dead'] as const

export function deliveryOperations(database: DatabaseSync, tallies: TalliesTable) {
  const lease = leaseStatements(database)
  const renew = database.prepare(`update accounts set lease_until = ? where ${OF_LEASE}`)
  const release = database.prepare(`update accounts set lease_until = 0, handover = ? where ${OF_LEASE}`)
  const pauseAccount = database.prepare(`update accounts set paused_until = ?, failures = ? where ${OF_LEASE}`)
  const isHeld = database.prepare(`select 1 from accounts where ${OF_LEASE}`)
  const claim = claimStatements(database)
  const settleRows = settleStatements(database)
  const nextDue = database.prepare(`
    select min(max(lease_until, paused_until, due_at)) as at
    from (${TARGETS.map(earliestDue).join(' union all ')})
    where due_at is not null`)

  return {
    leaseAccounts(options: { owner: string; now: number; leaseMs: number; limit: number; among?: number[] }): TakenLease[] {
      return lease(options)
    },

    renewLease({ account, epoch, owner }: Lease, until: number): boolean {
      return renew.run(until, account, epoch, owner).changes === 1
    },

    claimDue(lease: Lease, options: { target: TargetName; now: number; limit: number; after?: Place }): Row[] | undefined {
      return isHeld.get(lease.account, lease.epoch, lease.owner) ? claim(lease, options) : undefined
    },

    settle({ account, epoch, owner }: Lease, { rows, pause, now }: { rows: Settlement[]; pause?: Pause; now: number }): boolean {
      if (!isHeld.get(account, epoch, owner)) return false
      const finished = settleRows(rows, { epoch, now })
      for (const state of FINAL_STATES) tallies.addForRows(finished.filter((row) => row.state === state), { queued: -1, [state]: 1 })
      if (pause) pauseAccount.run(pause.until, pause.failures, account, epoch, owner)
      return true
    },

    releaseLease({ account, epoch, owner }: Lease, handover?: string): void {
      release.run(handover ?? null, account, epoch, owner)
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
