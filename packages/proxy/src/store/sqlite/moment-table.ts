import type { DatabaseSync } from 'node:sqlite'
import type { Moments } from '../../outbox/remember-event.ts'

export function momentTable(database: DatabaseSync): Moments {
  const select = database.prepare(`
    select first_at, last_at, count, expires_at from moments where account = ? and site = ? and subject = ? and event = ? and key = ?`)
  const upsert = database.prepare('insert or replace into moments values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  return {
    read(of, { event, key }) {
      const row = select.get(of.account, of.site, of.person.subject, event, key)
      if (!row) return undefined
      const expiry = row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }
      return { firstAt: Number(row.first_at), lastAt: Number(row.last_at), count: Number(row.count), ...expiry }
    },
    write(of, { event, key }, { firstAt, lastAt, count: times, expiresAt }) {
      upsert.run(of.account, of.site, of.person.subject, event, key, firstAt, lastAt, times, expiresAt ?? null)
    },
  }
}
