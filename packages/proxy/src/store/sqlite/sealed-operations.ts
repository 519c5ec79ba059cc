import type { DatabaseSync } from 'node:sqlite'
import type { SealedRecord } from '../../outbox/store.ts'
import { readSealedRecord, SEALED } from '../sealed-records.ts'

/** Everything that a key seals, as one list; and which account each site is connected to. */
export function sealedOperations(database: DatabaseSync) {
  const list = database.prepare(`select * from (${SEALED}) where (kind, id) > (:kind, :id) and expires_at >= :now order by kind, id limit :limit`)
  const replaceGrant = database.prepare('update grants set sealed = ? where account = ? and sealed = ?')
  const replaceTicket = database.prepare("update tickets set sealed = ? where kind = 'install-state' and digest = ? and sealed = ?")
  const replaceSigningKey = database.prepare('update signing_keys set sealed = ? where kid = ? and sealed = ?')
  const readConnection = database.prepare('select account from connections where site = ?')
  const saveConnection = database.prepare('insert or replace into connections (site, account) values (?, ?)')

  return {
    listSealed({ now, limit, after }: { now: number; limit: number; after?: { kind: SealedRecord['kind']; id: string } }): SealedRecord[] {
      return list.all({ kind: after?.kind ?? '', id: after?.id ?? '', now, limit }).map(readSealedRecord)
    },

    replaceSealed({ kind, id, sealed: before }: SealedRecord, sealed: string): boolean {
      const replace = { grant: replaceGrant, 'install-state': replaceTicket, 'signing-key': replaceSigningKey }[kind]
      const replaced = replace.run(sealed, kind === 'grant' ? Number(id) : id, before)
      return replaced.changes === 1
    },

    readConnection(site: string): number | undefined {
      const row = readConnection.get(site)
      return row && Number(row.account)
    },

    saveConnection({ site, account }: { site: string; account: number }): void {
      saveConnection.run(site, account)
    },
  }
}
