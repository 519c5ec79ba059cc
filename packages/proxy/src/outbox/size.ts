/** How much the outbox holds. */
export interface OutboxSize {
  /** Promises stored, whatever their state. */
  rows: number
  /** What it takes of the disk. */
  bytes: number
  /** What of that is in use, its log included. Undefined where nobody knows: PostgreSQL keeps free space for later. */
  usedBytes?: number
}

/** Since when something waits: milliseconds since 1970, absent when nothing does. */
export interface OldestWaiting {
  /** Of the rows that are to be sent, when the first is due, or was. */
  due?: number
  /** Of those that were tried and are to be sent again, when the first was received; a dead letter that somebody had tried again counts from then. */
  tried?: number
  /** Of the rows that wait for an email, when the first was received. */
  needsIdentity?: number
}
