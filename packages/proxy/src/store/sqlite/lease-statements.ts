import type { DatabaseSync } from 'node:sqlite'
import type { TakenLease } from '../../outbox/store.ts'
import { ANY_TARGET } from '../any-target.ts'

interface LeaseOptions {
  owner: string
  now: number
  leaseMs: number
  limit: number
  among?: number[]
}

/** Takes the leases of accounts that are free and have something due: of all, or of those that are named. */
export function leaseStatements(database: DatabaseSync) {
  const leaseAny = database.prepare(leasing(''))
  const leaseAmong = database.prepare(leasing('and a.account in (select value from json_each(:among))'))
  // What the holder before has left is read once: should this one die, nobody knows what it did.
  const forgetHandover = database.prepare('update accounts set handover = null where account = ? and handover is not null')

  return ({ owner, now, leaseMs, limit, among }: LeaseOptions): TakenLease[] => {
    const values = { owner, now, until: now + leaseMs, limit }
    const taken = among ? leaseAmong.all({ ...values, among: JSON.stringify(among) }) : leaseAny.all(values)
    return taken.map((row) => {
      const account = Number(row.account)
      forgetHandover.run(account)
      return {
        account,
        owner,
        epoch: Number(row.epoch),
        until: Number(row.lease_until),
        pause: { until: Number(row.paused_until), failures: Number(row.failures) },
        ...(row.handover === null ? {} : { handover: String(row.handover) }),
      }
    })
  }
}

function leasing(among: string): string {
  return `
    update accounts set lease_owner = :owner, lease_until = :until, epoch = epoch + 1
    where account in (
      select a.account from accounts a join grants g on g.account = a.account and g.state = 'connected'
      where a.lease_until <= :now and a.paused_until <= :now ${among} and exists (
        select 1 from outbox o where o.account = a.account and o.target in (${ANY_TARGET}) and o.state = 'due' and o.due_at <= :now)
      order by random() limit :limit)
    returning account, epoch, lease_until, failures, paused_until, handover`
}
