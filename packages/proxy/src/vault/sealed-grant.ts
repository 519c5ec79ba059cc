import type { SealedGrant, SealedRecord } from '../outbox/store.ts'
import type { Sealer } from './seal.ts'

/** An OAuth grant, opened: the right to write to one HubSpot account. */
export interface Grant {
  accessToken: string
  refreshToken: string
  /** Seconds from the moment it was granted. */
  expiresIn: number
  /** The account's time zone, such as `Europe/Berlin`; absent when HubSpot did not tell. */
  timeZone?: string
}

/** Seals what is secret in a grant; `account` and `version` are those of the row that it goes into. */
export function sealGrant(sealer: Sealer, { account, version }: { account: number; version: number }, grant: Grant): string {
  const { accessToken, refreshToken, expiresIn, timeZone } = grant
  return sealer.seal(JSON.stringify({ accessToken, refreshToken, expiresIn, timeZone }), contextOfGrant(account, version))
}

/** @throws Error when no configured key opens it, or it was changed */
export function openGrant(sealer: Sealer, { account, version, sealed }: SealedGrant): Grant {
  // Sealed by `sealGrant`, and authenticated: it is what was put in.
  return JSON.parse(sealer.open(sealed, contextOfGrant(account, version))) as Grant
}

/** What a sealed record is bound to: copied to another row, it does not open. */
export function contextOf({ kind, id, version }: Omit<SealedRecord, 'sealed'>): string {
  if (kind === 'grant') return contextOfGrant(Number(id), version)
  return kind === 'signing-key' ? `signing_keys|${id}` : `tickets|${kind}|${id}`
}

function contextOfGrant(account: number, version: number): string {
  return `grants|${account}|${version}`
}
