import type { AccountState } from '../outbox/store.ts'
import type { SqlRow } from './read-row.ts'

export const ACCOUNT_STATES = `
  select a.account, lease_until, paused_until, failures, state, expires_at, problem
  from accounts a left join grants g on g.account = a.account order by a.account`

export function readAccountState(row: SqlRow): AccountState {
  return {
    account: Number(row.account),
    leasedUntil: Number(row.lease_until),
    pausedUntil: Number(row.paused_until),
    failures: Number(row.failures),
    ...(row.state === null ? {} : { grant: readGrantState(row) }),
  }
}

function readGrantState({ state, expires_at: expiresAt, problem }: SqlRow): NonNullable<AccountState['grant']> {
  // Only the two states of SealedGrant are ever written to this column.
  const connection = { state: state as 'connected' | 'reconnect', expiresAt: Number(expiresAt) }
  return problem === null ? connection : { ...connection, problem: String(problem) }
}
