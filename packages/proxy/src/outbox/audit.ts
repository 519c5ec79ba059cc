/** Everything ever received is one of these, counted in promises (an event for two targets is two). */
export interface Audit {
  received: number
  duplicate: number
  rejected: number
  queued: number
  needsIdentity: number
  delivered: number
  dead: number
}

/** The audit of one site, and how many of its rows are still in the table: delivered ones leave it after days, dead ones when they are discarded. */
export interface SiteAudit extends Audit {
  site: string
  stored: Pick<Audit, 'queued' | 'needsIdentity' | 'delivered' | 'dead'>
}

/** Promises that were refused before they became rows. */
export type Tally = { account: number; site: string; rejected: number }
