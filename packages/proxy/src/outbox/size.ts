/** How much the outbox holds. */
export interface OutboxSize {
  /** Promises stored, whatever their state. */
  rows: number
  /** What it takes of the disk. */
  bytes: number
  /** What of that is in use, its log included. Undefined where nobody knows: PostgreSQL keeps free space for later. */
  usedBytes?: number
}

/** When what waits has begun to: milliseconds since 1970, absent when nothing does. */
export interface OldestWaiting {
  /** Of the rows that are due, the one that has been for longest. */
  due?: number
  /** Of the rows that wait for an email, when the first was received. */
  needsIdentity?: number
}
