import { isIdentified } from '../../outbox/event.ts'
import type { NewEvent, TargetName } from '../../outbox/event.ts'
import type { SqlRow } from '../read-row.ts'
import { addForRows, sumBySite } from './tallies-table.ts'
import type { Received } from './tallies-table.ts'
import { records, storableText } from './transaction.ts'
import type { Result, Statement } from './transaction.ts'

/** What makes a promise the same promise, besides its target. */
const MESSAGE_COLUMNS = 'account, site, message_id, subject'

/** A row that is about to be stored, named as in the table. */
export type NewRow = ReturnType<typeof newRow>

export function newRow(event: NewEvent, target: TargetName, properties: object) {
  const { issuer, sub, email = null } = event.person
  return {
    ...messageOf(event),
    target,
    event_id: event.eventId,
    event: event.name,
    state: isIdentified(event) ? 'due' : 'needs_identity',
    issuer: issuer === undefined ? null : storableText(issuer),
    sub: sub === undefined ? null : storableText(sub),
    email,
    properties: JSON.stringify(properties),
    extra_data: event.extraData === undefined ? null : JSON.stringify(event.extraData),
    placement: event.placement === undefined ? null : JSON.stringify(event.placement),
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
  }
}

export function messageOf({ account, site, messageId, person: { subject } }: NewEvent) {
  return { account, site, message_id: messageId, subject: storableText(subject) }
}

/** What makes a promise the same promise, as it is about to be stored. */
export type PromiseKey = ReturnType<typeof messageOf> & { target: TargetName }

/** Tells promises apart, whether they are about to be stored or have been read. */
export function promiseName({ account, site, message_id, subject, target }: SqlRow | PromiseKey): string {
  return JSON.stringify([String(account), site, message_id, subject, target])
}

/** Which promises of these messages are stored already: asked for one by one, by the index, as moments are. */
export function readKnown(events: NewEvent[]): Statement {
  const text = `
    select known.* from json_to_recordset($1::json) as sent (account bigint, site text, message_id text, subject text)
    cross join lateral (
      select ${MESSAGE_COLUMNS}, target from outbox
      where (account, site, message_id, subject) = (sent.account, sent.site, sent.message_id, sent.subject) offset 0
    ) known`
  return { text, values: [records(events.map(messageOf))] }
}

/**
 * Stores rows in their order, those that nobody else has stored meanwhile, and adds to the tallies what that makes of the events that were
 * received. That it stored them all, as nearly always, is said in one word; otherwise it names those that it stored.
 *
 * One statement for three tables: each statement costs both sides more than what a group of rows makes it write. [docs/adr/0019]
 */
export function storeRows(rows: NewRow[], received: Received[]): Statement {
  const text = `
    with stored as (
      insert into outbox (${MESSAGE_COLUMNS}, target, event_id, event, state, issuer, sub, email, properties, extra_data, placement,
        occurred_at, received_at, due_at)
      select ${MESSAGE_COLUMNS}, target, event_id, event, state, issuer, sub, email, properties, extra_data, placement,
        occurred_at, received_at, received_at
      from rows from (json_to_recordset($1::json) as (account bigint, site text, message_id text, subject text, target text,
        event_id text, event text, state text, issuer text, sub text, email text, properties text, extra_data text, placement text,
        occurred_at bigint, received_at bigint))
        with ordinality as added
      order by ordinality
      on conflict do nothing
      returning account, site, state, event_id, target
    ), sent as materialized (
      select * from json_to_recordset($2::json) as sent (account bigint, site text, received bigint, rejected bigint)
    ), begun as (
      insert into accounts (account) select distinct account from sent where received > rejected order by account
      on conflict do nothing returning account
    ), promises as (
      -- The join adds nothing: what it reads is written before what reads it, accounts before tallies.
      select account, site, received, rejected, 0 as stored, 0 as due from sent, (select count(*) from begun) as before
      union all
      select account, site, 0, 0, 1, (state = 'due')::integer from stored
    ), counted as (${addForRows('promises', {
      received: 'sum(received)',
      rejected: 'sum(rejected)',
      duplicate: 'sum(received - rejected - stored)',
      queued: 'sum(due)',
      needs_identity: 'sum(stored - due)',
    })})
    select case when count(*) < $3 then coalesce(json_agg(event_id || target), '[]') end as some from stored`
  return { text, values: [records(rows), records(sumBySite(received)), rows.length] }
}

/** @returns true once for each row that `storeRows` has stored: the same promise may have been given twice */
export function readStored(inserted: Result | undefined): (row: NewRow) => boolean {
  const some = inserted?.rows[0]?.some
  if (some === null) return () => true
  const stored = new Set(some as string[]) // What its JSON is made of.
  return (row) => stored.delete(row.event_id + row.target)
}

export function addAccounts(accounts: Iterable<number>): Statement {
  const sorted = [...new Set(accounts)].sort((a, b) => a - b)
  return { text: 'insert into accounts (account) select unnest($1::bigint[]) on conflict do nothing', values: [sorted] }
}
