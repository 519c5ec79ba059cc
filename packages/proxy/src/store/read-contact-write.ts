import type { ContactWrite } from '../outbox/contact-write.ts'
import type { SqlRow } from './read-row.ts'

export function readContactWrite({ contact, name, rank, seq }: SqlRow): ContactWrite {
  return { contact: String(contact), name: String(name), rank: Number(rank), seq: Number(seq) }
}
