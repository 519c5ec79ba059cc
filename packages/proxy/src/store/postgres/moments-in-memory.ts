import type { KeptMoment, Moments } from '../../outbox/remember-event.ts'
import type { SqlRow } from '../read-row.ts'
import { momentId } from './moments-table.ts'
import type { MomentId, WrittenMoment } from './moments-table.ts'

/** Moments as they were read, and as they become while the events of a group are added to them, one after the other. */
export interface MomentsInMemory extends Moments {
  /** Those that have no row yet. */
  added(): WrittenMoment[]
  /** Those whose row is to be written anew. */
  changed(): WrittenMoment[]
}

export function momentsInMemory(rows: SqlRow[]): MomentsInMemory {
  const moments = new Map(rows.map((row) => [nameOf(readId(row)), readMoment(row)]))
  const stored = new Set(moments.keys())
  const written = new Map<string, WrittenMoment>()
  const writtenIf = (isWanted: (name: string) => boolean) =>
    [...written].flatMap(([name, moment]) => (isWanted(name) ? [moment] : []))

  return {
    read: (event, which) => moments.get(nameOf(momentId(event, which))),
    write(event, which, moment) {
      const id = momentId(event, which)
      const name = nameOf(id)
      const { firstAt, lastAt, count, expiresAt = null } = moment
      moments.set(name, moment)
      written.set(name, { ...id, first_at: firstAt, last_at: lastAt, count, expires_at: expiresAt })
    },
    added: () => writtenIf((name) => !stored.has(name)),
    changed: () => writtenIf((name) => stored.has(name)),
  }
}

function nameOf({ account, site, subject, event, key }: MomentId): string {
  return JSON.stringify([account, site, subject, event, key])
}

function readId(row: SqlRow): MomentId {
  const { account, site, subject, event, key } = row
  return { account: Number(account), site: String(site), subject: String(subject), event: String(event), key: String(key) }
}

function readMoment(row: SqlRow): KeptMoment {
  const expiry = row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }
  return { firstAt: Number(row.first_at), lastAt: Number(row.last_at), count: Number(row.count), ...expiry }
}
