import type { DatabaseSync } from 'node:sqlite'
import type { DerivationPlan } from '../../outbox/derive.ts'
import type { NewEvent } from '../../outbox/event.ts'
import { rememberEvent } from '../../outbox/remember-event.ts'
import type { Moments } from '../../outbox/remember-event.ts'
import type { Tally } from '../../outbox/store.ts'
import type { TalliesTable } from './tallies-table.ts'

export function enqueueOperations(database: DatabaseSync, plans: Record<string, DerivationPlan>, tallies: TalliesTable) {
  const addAccount = database.prepare('insert into accounts (account) values (?) on conflict do nothing')
  const isKnown = database.prepare(
    'select 1 from outbox where account = ? and site = ? and message_id = ? and subject = ? and target = ?',
  )
  const insert = database.prepare(`
    insert into outbox (account, site, message_id, subject, target, event_id, event, state, issuer, sub, email, properties,
      extra_data, occurred_at, received_at, due_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const moments = momentTable(database)

  return {
    enqueue(events: NewEvent[]): ('queued' | 'duplicate')[] {
      const counts = new Map<string, Counts>()
      for (const account of new Set(events.map((event) => event.account))) addAccount.run(account)
      const results = events.map((event) => {
        const newTargets = event.targets.filter((target) => !isKnown.get(...rowKey(event), target))
        count(counts, event, newTargets.length)
        if (newTargets.length === 0) return 'duplicate' as const
        insertEvent(event, newTargets)
        return 'queued' as const
      })
      for (const [site, change] of counts) tallies.add(site, change)
      return results
    },

    countRejected({ site, rejected }: Tally): void {
      tallies.add(site, { received: rejected, rejected })
    },
  }

  function insertEvent(event: NewEvent, targets: readonly string[]): void {
    const properties = JSON.stringify(rememberEvent(event, plans, moments))
    const extraData = event.extraData === undefined ? null : JSON.stringify(event.extraData)
    const { issuer = null, sub = null, email = null } = event.person
    const state = email === null ? 'needs_identity' : 'due'
    for (const target of targets) {
      insert.run(...rowKey(event), target, event.eventId, event.name, state, issuer, sub, email, properties, extraData,
        event.occurredAt, event.receivedAt, event.receivedAt)
    }
  }
}

function rowKey(event: NewEvent): [number, string, string, string] {
  return [event.account, event.site, event.messageId, event.person.subject]
}

type Counts = Record<'received' | 'duplicate' | 'queued' | 'needs_identity', number>

function count(counts: Map<string, Counts>, event: NewEvent, newTargets: number): void {
  const ofSite = counts.get(event.site) ?? { received: 0, duplicate: 0, queued: 0, needs_identity: 0 }
  ofSite.received += event.targets.length
  ofSite.duplicate += event.targets.length - newTargets
  ofSite[event.person.email === undefined ? 'needs_identity' : 'queued'] += newTargets
  counts.set(event.site, ofSite)
}

function momentTable(database: DatabaseSync): Moments {
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
