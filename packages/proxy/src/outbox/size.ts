/** How much the outbox holds. */
export interface OutboxSize {
  /** Promises stored, whatever their state. */
  rows: number
  /** What it takes of the disk. */
  bytes: number
  /** What of that is in use, its log included. Undefined where nobody knows: PostgreSQL keeps free space for later. */
  usedBytes?: number
}

/** When the oldest that waits was received: milliseconds since 1970, absent when nothing waits. */
export interface OldestWaiting {
  /** Of the rows that are to be sent, also of those that are tried again later. A dead letter that is tried again counts from then. */
  due?: number
  /** Of the rows that wait for an email. */
  needsIdentity?: number
}
