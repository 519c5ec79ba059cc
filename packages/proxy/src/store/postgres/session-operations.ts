import type { Store } from '../../outbox/store.ts'
import { KEEP_KEY_SETS_MS, KEEP_PAST_DENIALS_MS } from '../keep-session-rows.ts'
import { readRow, ROW_COLUMNS } from '../read-row.ts'
import { readDenial, readSigningKey } from '../read-session-rows.ts'
import type { Database } from './database.ts'
import { storableText } from './transaction.ts'
import type { Statement } from './transaction.ts'

const WRITE_KEY_SET = `
  insert into key_sets (name, text, written_at) values ($1, $2, $3)
  on conflict (name) do update set text = excluded.text, written_at = excluded.written_at`

/** One writer at a time: whoever has read one revision will never see a lower one appear. */
const LOCK_DENIALS = 'lock table denials in exclusive mode'
const DENY = `
  insert into denials (kind, value, site, issuer, until, revision)
  select $1, $2, $3, $4, $5, coalesce(max(revision), 0) + 1 from denials
  on conflict (kind, value, site, issuer) do update set until = excluded.until, revision = excluded.revision`

const FIND_PAYLOADS = `
  select ${ROW_COLUMNS} from outbox
  where account = $1 and site = $2 and message_id = $3 and ($4::text is null or subject = $4) order by seq`

const NEWEST_FIRST = 'select * from signing_keys order by added_at desc, kid'
const ADD_SIGNING_KEY = `
  insert into signing_keys (kid, sealed, published, added_at)
  select $1, $2, $3, $4 where (select kid from signing_keys order by added_at desc, kid limit 1) is not distinct from $5::text`

/** What nobody asks for any more; the newest revision stays, so that none comes twice. */
export function forgetSessionRows(now: number): Statement[] {
  return [
    { text: 'delete from key_sets where written_at < $1', values: [now - KEEP_KEY_SETS_MS] },
    { text: 'delete from denials where until < $1 and revision < (select max(revision) from denials)', values: [now - KEEP_PAST_DENIALS_MS] },
  ]
}

type SessionMethods = Pick<Store, 'readKeySet' | 'writeKeySet' | 'deny' | 'readDenials' | 'findPayloads' | 'readSigningKeys' | 'addSigningKey'>

export function sessionOperations(database: Database): SessionMethods {
  return {
    async readKeySet(name) {
      const [found] = await database.run({ text: 'select text from key_sets where name = $1', values: [storableText(name)] })
      return found?.rows[0] && String(found.rows[0].text)
    },
    async writeKeySet({ name, text, now }) {
      await database.run({ text: WRITE_KEY_SET, values: [storableText(name), storableText(text), now] })
    },
    async deny({ kind, value, site, issuer, until }) {
      const values = [kind, storableText(value), storableText(site), storableText(issuer), until ?? null]
      await database.run({ text: LOCK_DENIALS }, { text: DENY, values })
    },
    async readDenials({ after, limit }) {
      const [found] = await database.run({ text: 'select * from denials where revision > $1 order by revision limit $2', values: [after, limit] })
      return (found?.rows ?? []).map(readDenial)
    },
    async findPayloads({ account, site, messageId, subject }) {
      const values = [account, storableText(site), storableText(messageId), subject === undefined ? null : storableText(subject)]
      const [found] = await database.run({ text: FIND_PAYLOADS, values })
      return (found?.rows ?? []).map(readRow)
    },
    async readSigningKeys() {
      const [found] = await database.run({ text: NEWEST_FIRST })
      return (found?.rows ?? []).map(readSigningKey)
    },
    async addSigningKey({ kid, sealed, published, addedAt }, replaces) {
      const add = { text: ADD_SIGNING_KEY, values: [kid, sealed, published, addedAt, replaces ?? null] }
      const [, added] = await database.run({ text: 'lock table signing_keys in exclusive mode' }, add)
      return added?.count === 1
    },
  }
}
