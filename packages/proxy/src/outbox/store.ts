import type { Audit, SiteAudit, Tally } from './audit.ts'
import type { ContactWrite } from './contact-write.ts'
import type { NewEvent, Row, RowKey, RowState, RowStatus, StoredRow, TargetName } from './event.ts'
import type { Lease, Pause, Place, Settlement, TakenLease } from './lease.ts'
import type { Denial, Identity, PersonKey, PersonOfSite, Remembered } from './person.ts'
import type { SealedGrant, SealedRecord, SigningKey, Ticket } from './sealed.ts'
import type { OldestWaiting, OutboxSize } from './size.ts'

export type * from './audit.ts'
export type * from './lease.ts'
export type * from './person.ts'
export type * from './sealed.ts'

/** A row of a page: the page after it begins at its mark. */
export interface ListedRow extends StoredRow {
  mark: PageMark
}

/** What a row is sorted by, in an order that an index of its state keeps. */
export type PageMark = readonly (number | string)[]

/** An account, with what delivery and the vault know of it. */
export interface AccountState {
  account: number
  /** Milliseconds since 1970; 0: nobody holds it. */
  leasedUntil: number
  pausedUntil: number
  /** Failures in a row. */
  failures: number
  /** Absent: it was never connected. */
  grant?: Pick<SealedGrant, 'state' | 'expiresAt' | 'problem'>
}

/**
 * The outbox on disk. Two stores keep this contract, and one suite of tests holds both to it.
 *
 * Every promise that resolves has been committed and flushed. @throws TrackError `OUTBOX_UNAVAILABLE` when the disk or the
 * database refuses; nothing is stored then, unless the answer to a commit was lost on its way: sent again, it is a duplicate.
 */
export interface Store {
  /** Stores events that are new and says of each whether it was. Calls that arrive while a commit runs share the next one. */
  enqueue(events: NewEvent[]): Promise<('queued' | 'duplicate')[]>
  /** Counts what was refused before it became an event. */
  countRejected(tally: Tally): Promise<void>

  /** Leases up to `limit` accounts that are connected, not paused, and have something due; only of these, where `among` names some. */
  leaseAccounts(options: { owner: string; now: number; leaseMs: number; limit: number; among?: number[] }): Promise<TakenLease[]>
  /** Keeps the lease until `until`. False when it was lost. */
  renewLease(lease: Lease, until: number): Promise<boolean>
  /**
   * Marks up to `limit` due rows as attempted under this lease, and returns them in the order they arrived. They are nobody else's
   * until they are settled or the lease changes hands. [] when none is due; undefined when the lease was lost.
   *
   * Rows that were claimed before and never settled may be what ended their process: fewer are claimed at once, in the end each alone.
   *
   * @param options.after  rows up to this place have been claimed, so that they need not be looked through again
   */
  claimDue(lease: Lease, options: { target: TargetName; now: number; limit: number; after?: Place }): Promise<Row[] | undefined>
  /** Writes outcomes and the account's pause. False, and no change, when the lease was lost meanwhile. */
  settle(lease: Lease, settled: { rows: Settlement[]; pause?: Pause; now: number }): Promise<boolean>
  /** Gives the account back, with what its next holder must know of the requests made for it. */
  releaseLease(lease: Lease, handover?: string): Promise<void>
  /** When something becomes due that nobody has leased, milliseconds since 1970; undefined: nothing will without a new event. */
  nextDueAt(now: number): Promise<number | undefined>

  /**
   * Rows that wait for an email, the longest waiting first. Unless it is identified, each waits as long again as it has waited so far:
   * at least `firstMs`, at most `maxMs`.
   *
   * @param options.without  sites whose rows are left alone
   * @param options.dueFrom  rows that were due before this are left alone, and need not be looked through
   */
  claimUnidentified(options: { now: number; firstMs: number; maxMs: number; limit: number; without?: readonly string[]; dueFrom?: number }): Promise<Row[]>
  /**
   * Gives every waiting row of this person the email, and remembers it as theirs, unless something
   * newer is known. Returns the email remembered until now.
   */
  identify(person: PersonKey & Identity & { now: number }): Promise<string | undefined>
  /** The email remembered for a person. */
  findIdentity(person: PersonKey): Promise<Identity | undefined>
  /** Rows that have waited for an email since before this are dead: at most `limit` of them, the longest waiting first. Returns how many. */
  giveUpUnidentified(options: { receivedBefore: number; now: number; limit: number }): Promise<number>

  /** What became of a message. Without `subject`: whoever sent it. */
  findEvent(query: { account: number; site: string; messageId: string; subject?: string }): Promise<RowStatus[]>
  /** The loss accounting, read from counts that are kept with each change: it costs the same however many rows there are. */
  audit(): Promise<Audit>
  auditBySite(): Promise<SiteAudit[]>
  /** Counts every row, by site: what the audit must agree with. Takes long where there are many; holds nobody up. */
  countRows(): Promise<Map<string, SiteAudit['stored']>>

  /** A page of the rows in a state, at most `limit`, after the row that `after` marks. */
  listRows(query: { state: RowState; after?: PageMark; limit: number }): Promise<ListedRow[]>
  /** All rows of a messageId, whoever's; or of one of HubSpot's event ids, which no index finds: that one takes long. */
  findRows(query: { messageId: string } | { eventId: string }): Promise<StoredRow[]>
  /** Makes those of these rows that are dead due once more, under the same event id, their attempts counted anew. Returns how many. */
  retryRows(rows: RowKey[], now: number): Promise<number>
  /** Takes away those of these rows that are neither delivered nor being sent; they stay counted as dead. `deliveredToo`: those as well, counted as such. Returns how many. */
  discardRows(rows: RowKey[], options?: { deliveredToo: boolean }): Promise<number>
  /** User ids of a site whose remembered email is this one, whatever its case. Looks at each that is remembered of the site. */
  findSubjects(query: { site: string; email: string }): Promise<string[]>
  readRemembered(person: PersonOfSite): Promise<Remembered>
  /** Forgets all that `readRemembered` tells. */
  forgetPerson(person: PersonOfSite): Promise<void>
  accountStates(): Promise<AccountState[]>
  size(): Promise<OutboxSize>
  oldestWaiting(): Promise<OldestWaiting>

  /** The writes that stand on these contacts: one for each name. */
  readContactWrites(query: { account: number; contacts: string[] }): Promise<ContactWrite[]>
  /** Remembers writes that HubSpot has taken. One that is older than what is remembered under its name changes nothing. */
  noteContactWrites(noted: { account: number; writes: ContactWrite[] }): Promise<void>
  /** Forgets the writes that stand on these contacts. */
  forgetContactWrites(query: { account: number; contacts: string[] }): Promise<void>

  readGrant(account: number): Promise<SealedGrant | undefined>
  /**
   * Saves a grant whose stored version is `grant.version - 1` (or none); false when it is another. `endsPause`: what stopped the
   * account was the grant before this one, so it is tried again at once.
   */
  saveGrant(grant: SealedGrant, options?: { endsPause: boolean }): Promise<boolean>
  /**
   * Takes the right to renew a grant of this version until `until`. False when somebody else has it, or the version is another.
   * Each save of the grant gives it back.
   */
  claimRenewal(claim: { account: number; version: number; now: number; until: number }): Promise<boolean>
  /** Gives it back when nothing came of it. */
  releaseRenewal(claim: { account: number; version: number; until: number }): Promise<void>
  /** What is sealed and not expired, in an order that `after` continues. */
  listSealed(options: { now: number; limit: number; after?: { kind: SealedRecord['kind']; id: string } }): Promise<SealedRecord[]>
  /** Puts another sealing of the same content in place. False, and no change, when the record is not as it was read. */
  replaceSealed(record: SealedRecord, sealed: string): Promise<boolean>
  /** The HubSpot account that a site was connected to last; undefined: never to any. */
  readConnection(site: string): Promise<number | undefined>
  saveConnection(connection: { site: string; account: number }): Promise<void>
  addTicket(ticket: Ticket): Promise<void>
  /** Takes a ticket away: the second one to ask gets nothing. */
  takeTicket(query: { kind: Ticket['kind']; digest: string; now: number }): Promise<Ticket | undefined>

  /** What the session part keeps of an identity provider's keys, by a name of its making. */
  readKeySet(name: string): Promise<string | undefined>
  writeKeySet(set: { name: string; text: string; now: number }): Promise<void>
  /** Adds to the deny list, or takes back (`until` now), under a revision of its own that is higher than any before. */
  deny(denial: Denial): Promise<void>
  /** Entries that changed after this revision, in the order of their revisions. */
  readDenials(query: { after: number; limit: number }): Promise<(Denial & { revision: number })[]>
  /** What was stored of a message, a row for each target, as `findEvent` finds it. */
  findPayloads(query: { account: number; site: string; messageId: string; subject?: string }): Promise<Row[]>
  /** The newest first. */
  readSigningKeys(): Promise<SigningKey[]>
  /** False, and no change, unless the newest is still `replaces` (undefined: there was none). */
  addSigningKey(key: SigningKey, replaces: string | undefined): Promise<boolean>

  /** Removes, in small steps, what has outlived its use. Returns the rows removed. */
  forgetOld(options: { now: number; deliveredBefore: number; deadBefore: number; identifiedBefore: number; limit: number }): Promise<number>
  /** Writes and flushes one row: the outbox can keep its promise. */
  checkWritable(now: number): Promise<void>
  /** Calls the one listener when another process has made something due for an account. A store that nobody shares does without. */
  onDue?(listener: (account: number) => void): void
  /**
   * Tells the one listener what the clock shows that all processes of this store share, milliseconds since 1970: once before it
   * resolves, and then from time to time. A store that nobody shares does without.
   */
  onClock?(listener: (ms: number) => void): Promise<void>
  close(): Promise<void>
}
