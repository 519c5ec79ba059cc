import type { Person, Row, RowState, RowStatus, StoredRow, TargetName } from '../outbox/event.ts'
import type { DeliveryCode } from '../outcome.ts'

/** A row as a database's client gives it. Whole numbers may come as numbers, bigints or text. */
export type SqlRow = Record<string, unknown>

/** Columns that `readRow` needs. */
export const ROW_COLUMNS = `seq, account, site, message_id, subject, target, event_id, event, issuer, sub, email, properties,
  extra_data, placement, occurred_at, received_at, due_at, attempts, abandoned, retried_at`

/** A row whose columns came as an array, in the order of {@link ROW_COLUMNS}. */
export function namedRow(values: readonly unknown[]): SqlRow {
  const [
    seq, account, site, message_id, subject, target, event_id, event, issuer, sub, email, properties,
    extra_data, placement, occurred_at, received_at, due_at, attempts, abandoned, retried_at,
  ] = values
  return {
    seq, account, site, message_id, subject, target, event_id, event, issuer, sub, email, properties,
    extra_data, placement, occurred_at, received_at, due_at, attempts, abandoned, retried_at,
  }
}

export function readRow(row: SqlRow): Row {
  const read: Row = {
    seq: Number(row.seq),
    account: Number(row.account),
    site: String(row.site),
    // Only names of TARGETS are ever written to this column.
    target: row.target as TargetName,
    eventId: String(row.event_id),
    messageId: String(row.message_id),
    name: String(row.event),
    person: readPerson(row),
    properties: JSON.parse(String(row.properties)),
    occurredAt: Number(row.occurred_at),
    receivedAt: Number(row.received_at),
    dueAt: Number(row.due_at),
    attempt: Number(row.attempts),
    abandoned: Number(row.abandoned),
  }
  if (row.extra_data !== null) read.extraData = JSON.parse(String(row.extra_data))
  if (row.placement !== null) read.placement = JSON.parse(String(row.placement))
  if (row.retried_at !== null) read.retriedAt = Number(row.retried_at)
  return read
}

function readPerson({ subject, issuer, sub, email }: SqlRow): Person {
  const person: Person = { subject: String(subject) }
  if (issuer !== null) person.issuer = String(issuer)
  if (sub !== null) person.sub = String(sub)
  if (email !== null) person.email = String(email)
  return person
}

/** Columns that `readRowStatus` needs. */
export const STATUS_COLUMNS = `target, event, message_id, event_id, state, attempts, occurred_at, received_at, settled_at, due_at,
  code, detail`

/** What `readRowStatus` needs of the account beside them: how long it pauses, and whether it is connected. */
export const ACCOUNT_COLUMNS = 'paused_until, (select g.state from grants g where g.account = outbox.account) as grant_state'

/** Columns that `readStoredRow` needs, of `outbox join accounts using (account)`. */
export const STORED_COLUMNS = `${STATUS_COLUMNS}, ${ACCOUNT_COLUMNS}, seq, account, site, subject, issuer, sub, email, retried_at,
  claimed_epoch, epoch`

export function readStoredRow(row: SqlRow): StoredRow {
  return {
    ...readRowStatus(row),
    seq: Number(row.seq),
    account: Number(row.account),
    site: String(row.site),
    person: readPerson(row),
    ...(row.retried_at === null ? {} : { retriedAt: Number(row.retried_at) }),
    isClaimed: row.claimed_epoch !== null && Number(row.claimed_epoch) === Number(row.epoch),
  }
}

export function readRowStatus(row: SqlRow): RowStatus {
  return {
    target: row.target as TargetName,
    event: String(row.event),
    messageId: String(row.message_id),
    eventId: String(row.event_id),
    // Only states of RowState, and codes of DeliveryCode, are ever written to these columns.
    state: row.state as RowState,
    attempts: Number(row.attempts),
    occurredAt: Number(row.occurred_at),
    receivedAt: Number(row.received_at),
    ...(row.settled_at === null ? {} : { settledAt: Number(row.settled_at) }),
    ...(row.due_at === null ? {} : { nextAttemptAt: Math.max(Number(row.due_at), Number(row.paused_until)) }),
    ...reasonOf(row),
  }
}

/** An account that is not connected is not served, so no attempt can say why its rows wait. */
function reasonOf({ state, grant_state: grant, code, detail }: SqlRow): { code?: DeliveryCode; detail?: string } {
  if (state === 'due' && (grant === null || grant === 'disconnected')) return { code: 'NOT_CONNECTED' }
  const said = detail === null ? {} : { detail: String(detail) }
  if (state === 'due' && grant === 'reconnect') return { code: 'RECONNECT_NEEDED', ...said }
  return code === null ? {} : { code: code as DeliveryCode, ...said }
}
