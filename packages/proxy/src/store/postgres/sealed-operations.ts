import type { SealedRecord, Store } from '../../outbox/store.ts'
import { readSealedRecord, SEALED } from '../sealed-records.ts'
import type { Database } from './database.ts'

const LIST = `
  select * from (${SEALED}) as sealed_records where (kind collate "C", id collate "C") > ($1, $2) and expires_at >= $3
  order by kind collate "C", id collate "C" limit $4`

const REPLACE: Record<SealedRecord['kind'], string> = {
  grant: 'update grants set sealed = $1 where account = $2::bigint and sealed = $3',
  'install-state': "update tickets set sealed = $1 where kind = 'install-state' and digest = $2 and sealed = $3",
  'signing-key': 'update signing_keys set sealed = $1 where kid = $2 and sealed = $3',
}

type SealedMethods = Pick<Store, 'listSealed' | 'replaceSealed' | 'readConnection' | 'saveConnection'>

/** Everything that a key seals, as one list; and which account each site is connected to. */
export function sealedOperations(database: Database): SealedMethods {
  return {
    async listSealed({ now, limit, after }): Promise<SealedRecord[]> {
      const [found] = await database.run({ text: LIST, values: [after?.kind ?? '', after?.id ?? '', now, limit] })
      return found?.rows.map(readSealedRecord) ?? []
    },

    async replaceSealed({ kind, id, sealed: before }, sealed): Promise<boolean> {
      const [replaced] = await database.run({ text: REPLACE[kind], values: [sealed, id, before] })
      return replaced?.count === 1
    },

    async readConnection(site): Promise<number | undefined> {
      const [found] = await database.run({ text: 'select account from connections where site = $1', values: [site] })
      const row = found?.rows[0]
      return row && Number(row.account)
    },

    async saveConnection({ site, account }): Promise<void> {
      const text = 'insert into connections (site, account) values ($1, $2) on conflict (site) do update set account = excluded.account'
      await database.run({ text, values: [site, account] })
    },
  }
}
