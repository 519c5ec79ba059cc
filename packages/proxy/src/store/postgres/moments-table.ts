import { createHash } from 'node:crypto'
import type { MomentKey, RememberedEvent } from '../../outbox/remember-event.ts'
import { records, storableText } from './transaction.ts'
import type { Statement } from './transaction.ts'

/** An entry of a PostgreSQL index holds 2,704 bytes at most; a property's value may have 2,000 characters. */
const MAX_KEY_LENGTH = 200

const COLUMNS = 'account, site, subject, event, key'
const WANTED = '(account bigint, site text, subject text, event text, key text)'
const WRITTEN = `(account bigint, site text, subject text, event text, key text, first_at bigint, last_at bigint, count bigint,
  expires_at bigint)`

/** One moment, named as in the table. */
export interface MomentId {
  account: number
  site: string
  subject: string
  event: string
  key: string
}

export function momentId({ account, site, person: { subject } }: RememberedEvent, { event, key }: MomentKey): MomentId {
  return { account, site, subject: storableText(subject), event, key: storedKey(key) }
}

/** A key as it is stored. */
export function storedKey(key: string): string {
  return key.length > MAX_KEY_LENGTH ? digestOf(key) : storableText(key)
}

function digestOf(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('base64url')}`
}

/**
 * Reads moments; with a lock, nobody else's transaction adds to them before ours has ended. Locked in one order, so never in a
 * circle.
 *
 * The subquery with its offset is asked once for each moment, by the index; joined as they are, a table whose statistics are old
 * may be read from end to end.
 */
export function readMoments(ids: MomentId[], lock: '' | 'for update' = ''): Statement {
  const text = `
    select m.* from (select * from json_to_recordset($1::json) as given ${WANTED} order by ${COLUMNS}) wanted
    cross join lateral (
      select * from moments
      where (account, site, subject, event, key) = (wanted.account, wanted.site, wanted.subject, wanted.event, wanted.key)
      offset 0 ${lock}
    ) m`
  return { text, values: [records(ids)] }
}

export interface WrittenMoment extends MomentId {
  first_at: number
  last_at: number
  count: number
  expires_at: number | null
}

/** Returns a row for each moment that nobody else has begun meanwhile. */
export function insertMoments(moments: WrittenMoment[]): Statement {
  const text = `
    insert into moments (${COLUMNS}, first_at, last_at, count, expires_at)
    select ${COLUMNS}, first_at, last_at, count, expires_at from json_to_recordset($1::json) as added ${WRITTEN}
    order by ${COLUMNS}
    on conflict do nothing returning 1`
  return { text, values: [records(moments)] }
}

/** Writes moments that are locked. As an insert that always conflicts, it finds each by the index. */
export function updateMoments(moments: WrittenMoment[]): Statement {
  const text = `
    insert into moments (${COLUMNS}, first_at, last_at, count, expires_at)
    select ${COLUMNS}, first_at, last_at, count, expires_at from json_to_recordset($1::json) as changed ${WRITTEN}
    on conflict (${COLUMNS}) do update set first_at = excluded.first_at, last_at = excluded.last_at, count = excluded.count,
      expires_at = excluded.expires_at`
  return { text, values: [records(moments)] }
}
