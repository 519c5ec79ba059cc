import type { DatabaseSync } from 'node:sqlite'
import type { ContactWrite } from '../../outbox/contact-write.ts'
import { readContactWrite } from '../read-contact-write.ts'

export function contactOperations(database: DatabaseSync) {
  const find = database.prepare('select contact, name, rank, seq from contact_writes where account = ? and contact = ?')
  const note = database.prepare(`
    insert into contact_writes (account, contact, name, rank, seq) values (?, ?, ?, ?, ?)
    on conflict do update set rank = excluded.rank, seq = excluded.seq where (excluded.rank, excluded.seq) > (rank, seq)`)

  return {
    readContactWrites({ account, contacts }: { account: number; contacts: string[] }): ContactWrite[] {
      return contacts.flatMap((contact) => find.all(account, contact).map(readContactWrite))
    },
    noteContactWrites({ account, writes }: { account: number; writes: ContactWrite[] }): void {
      for (const { contact, name, rank, seq } of writes) note.run(account, contact, name, rank, seq)
    },
  }
}
