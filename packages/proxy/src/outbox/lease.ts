import type { Outcome } from '../outcome.ts'

/** The right to deliver for one HubSpot account until `until`. Whoever takes it next raises `epoch`: ours is worth nothing then. */
export interface Lease {
  account: number
  owner: string
  epoch: number
  /** Milliseconds since 1970. */
  until: number
}

/** A lease that was just taken, and what its holder before has left. */
export interface TakenLease extends Lease {
  pause: Pause
  /** As given to `releaseLease`; undefined: nobody has held it, or whoever did has not given it back. */
  handover?: string
}

/** Where a row stands among those that are due. */
export interface Place {
  dueAt: number
  seq: number
}

/** How the outcome of an attempt changes a row. `untried`: it was claimed and never sent, so all is as it was before the claim. */
export interface Settlement {
  seq: number
  outcome: Outcome | { kind: 'untried' }
  /** Milliseconds since 1970; for `retry` and `snooze`. */
  nextAttemptAt?: number
}

/** A pause of a whole account, after a failure that concerns all its events. */
export interface Pause {
  /** Milliseconds since 1970. */
  until: number
  /** Failures in a row; 0 after a success. */
  failures: number
}
