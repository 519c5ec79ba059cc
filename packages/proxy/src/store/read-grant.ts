import type { SealedGrant, Ticket } from '../outbox/store.ts'
import type { SqlRow } from './read-row.ts'

export function readGrant(row: SqlRow): SealedGrant {
  return {
    account: Number(row.account),
    version: Number(row.version),
    // Only the two states of SealedGrant are ever written to this column.
    state: row.state as SealedGrant['state'],
    sealed: String(row.sealed),
    refreshAt: Number(row.refresh_at),
    expiresAt: Number(row.expires_at),
    ...(row.problem === null ? {} : { problem: String(row.problem) }),
  }
}

/** A ticket that was taken away; undefined when there was none, or it had expired. */
export function readTicket(row: SqlRow | undefined, now: number): Ticket | undefined {
  if (!row || Number(row.expires_at) < now) return undefined
  return {
    // Only the kinds of Ticket are ever written to this column.
    kind: row.kind as Ticket['kind'],
    digest: String(row.digest),
    site: String(row.site),
    expiresAt: Number(row.expires_at),
    ...(row.sealed === null ? {} : { sealed: String(row.sealed) }),
  }
}
