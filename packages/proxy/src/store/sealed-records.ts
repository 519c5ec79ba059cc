import type { SealedRecord } from '../outbox/store.ts'
import type { SqlRow } from './read-row.ts'

/** A grant stays whatever its access token's age: what counts in it is the refresh token. */
const FOR_EVER = Number.MAX_SAFE_INTEGER

/** Every sealed record, whatever table it lies in. */
export const SEALED = `
  select 'grant' as kind, cast(account as text) as id, version, sealed, ${FOR_EVER} as expires_at from grants where sealed <> ''
  union all
  select 'install-state' as kind, digest as id, 0 as version, sealed, expires_at from tickets where sealed is not null
  union all
  select 'signing-key' as kind, kid as id, 0 as version, sealed, ${FOR_EVER} as expires_at from signing_keys`

export function readSealedRecord(row: SqlRow): SealedRecord {
  return {
    // Only the kinds that SEALED names.
    kind: row.kind as SealedRecord['kind'],
    id: String(row.id),
    version: Number(row.version),
    sealed: String(row.sealed),
  }
}
