import type { DatabaseSync } from 'node:sqlite'
import type { Row } from '../../outbox/event.ts'
import type { Denial, SigningKey } from '../../outbox/store.ts'
import { KEEP_KEY_SETS_MS, KEEP_PAST_DENIALS_MS } from '../keep-session-rows.ts'
import { readRow, ROW_COLUMNS } from '../read-row.ts'
import { readDenial, readSigningKey } from '../read-session-rows.ts'

export function sessionOperations(database: DatabaseSync) {
  const readKeySet = database.prepare('select text from key_sets where name = ?')
  const writeKeySet = database.prepare('insert or replace into key_sets (name, text, written_at) values (?, ?, ?)')
  const deny = database.prepare(`
    insert or replace into denials (kind, value, site, issuer, until, revision)
    select ?, ?, ?, ?, ?, coalesce(max(revision), 0) + 1 from denials`)
  const readDenials = database.prepare('select * from denials where revision > ? order by revision limit ?')
  const findPayloads = database.prepare(`
    select ${ROW_COLUMNS} from outbox
    where account = :account and site = :site and message_id = :messageId and subject = coalesce(:subject, subject) order by seq`)
  const readSigningKeys = database.prepare('select * from signing_keys order by added_at desc, kid')
  const addSigningKey = database.prepare('insert into signing_keys (kid, sealed, published, added_at) values (?, ?, ?, ?)')

  return {
    readKeySet(name: string): string | undefined {
      const row = readKeySet.get(name)
      return row && String(row.text)
    },
    writeKeySet({ name, text, now }: { name: string; text: string; now: number }): void {
      writeKeySet.run(name, text, now)
    },
    deny({ kind, value, site, issuer, until }: Denial): void {
      deny.run(kind, value, site, issuer, until ?? null)
    },
    readDenials({ after, limit }: { after: number; limit: number }): (Denial & { revision: number })[] {
      return readDenials.all(after, limit).map(readDenial)
    },
    findPayloads({ account, site, messageId, subject = null }: { account: number; site: string; messageId: string; subject?: string | null }): Row[] {
      return findPayloads.all({ account, site, messageId, subject }).map(readRow)
    },
    readSigningKeys(): SigningKey[] {
      return readSigningKeys.all().map(readSigningKey)
    },
    addSigningKey({ kid, sealed, published, addedAt }: SigningKey, replaces: string | undefined): boolean {
      if (readSigningKeys.get()?.kid !== replaces) return false
      addSigningKey.run(kid, sealed, published, addedAt)
      return true
    },
  }
}

/** Removes what nobody asks for any more; the newest revision stays, so that none comes twice. */
export function sessionRowsForgetter(database: DatabaseSync): (now: number) => void {
  const keySets = database.prepare('delete from key_sets where written_at < ?')
  const denials = database.prepare('delete from denials where until < ? and revision < (select max(revision) from denials)')
  return (now) => {
    keySets.run(now - KEEP_KEY_SETS_MS)
    denials.run(now - KEEP_PAST_DENIALS_MS)
  }
}
