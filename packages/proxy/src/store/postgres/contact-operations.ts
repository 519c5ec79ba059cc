import type { Store } from '../../outbox/store.ts'
import { readContactWrite } from '../read-contact-write.ts'
import type { Database } from './database.ts'
import { records, storableText } from './transaction.ts'

/** Each contact is found by the index, whatever the planner believes of the table. */
const READ = `
  select w.* from unnest($2::text[]) as wanted (contact)
  cross join lateral (select contact, name, rank, seq from contact_writes where account = $1 and contact = wanted.contact offset 0) w`

/** In one order, so that two processes that note the same never wait for each other in a circle. */
const NOTE = `
  insert into contact_writes as w (account, contact, name, rank, seq)
  select $1, contact, name, rank, seq from json_to_recordset($2::json) as noted (contact text, name text, rank bigint, seq bigint)
  order by contact collate "C", name collate "C"
  on conflict (account, contact, name) do update set rank = excluded.rank, seq = excluded.seq
    where (excluded.rank, excluded.seq) > (w.rank, w.seq)`

type ContactMethods = Pick<Store, 'readContactWrites' | 'noteContactWrites'>

export function contactOperations(database: Database): ContactMethods {
  return {
    async readContactWrites({ account, contacts }) {
      const [found] = await database.run({ text: READ, values: [account, contacts] })
      return (found?.rows ?? []).map(readContactWrite)
    },
    async noteContactWrites({ account, writes }) {
      const noted = writes.map((write) => ({ ...write, name: storableText(write.name) }))
      await database.run({ text: NOTE, values: [account, records(noted)] })
    },
  }
}
