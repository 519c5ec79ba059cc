import type { DatabaseSync } from 'node:sqlite'
import { addToMoment, deriveProperties, momentsOf } from '../../outbox/derive.ts'
import type { DerivationPlan, Moment } from '../../outbox/derive.ts'
import type { NewEvent } from '../../outbox/event.ts'
import type { Tally } from '../../outbox/store.ts'

/** Events of a kind that is not defined any more have no plan. */
const NO_PLAN: DerivationPlan = { rememberAs: [], derived: [] }

export function enqueueOperations(database: DatabaseSync, plans: Record<string, DerivationPlan>) {
  const addAccount = database.prepare('insert into accounts (account) values (?) on conflict do nothing')
  const isKnown = database.prepare(
    'select 1 from outbox where account = ? and site = ? and message_id = ? and subject = ? and target = ?',
  )
  const insert = database.prepare(`
    insert into outbox (account, site, message_id, subject, target, event_id, event, state, issuer, email, properties, extra_data,
      occurred_at, received_at, due_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const tally = database.prepare(`
    insert into tallies (site, received, duplicate, rejected) values (?, ?, ?, ?)
    on conflict do update set received = received + excluded.received, duplicate = duplicate + excluded.duplicate,
      rejected = rejected + excluded.rejected`)
  const moments = momentTable(database)

  return {
    enqueue(events: NewEvent[]): ('queued' | 'duplicate')[] {
      const tallies = new Map<string, { received: number; duplicate: number }>()
      for (const account of new Set(events.map((event) => event.account))) addAccount.run(account)
      const results = events.map((event) => {
        const newTargets = event.targets.filter((target) => !isKnown.get(...rowKey(event), target))
        count(tallies, event, newTargets.length)
        if (newTargets.length === 0) return 'duplicate' as const
        insertEvent(event, newTargets)
        return 'queued' as const
      })
      for (const [site, { received, duplicate }] of tallies) tally.run(site, received, duplicate, 0)
      return results
    },

    countRejected({ site, rejected }: Tally): void {
      tally.run(site, rejected, 0, rejected)
    },
  }

  function insertEvent(event: NewEvent, targets: readonly string[]): void {
    const plan = plans[event.name] ?? NO_PLAN
    const derived = deriveProperties(event, plan, (name, key) => moments.read(event, { event: name, key }))
    for (const moment of momentsOf(event.name, plan, event.properties)) {
      const after = addToMoment(moments.read(event, moment), event.occurredAt)
      moments.write(event, moment, { ...after, expiresAt: expiry(after, moment.forgetAfterMs) })
    }
    const properties = JSON.stringify({ ...event.properties, ...derived })
    const extraData = event.extraData === undefined ? null : JSON.stringify(event.extraData)
    const { issuer = null, email = null } = event.person
    const state = email === null ? 'needs_identity' : 'due'
    for (const target of targets) {
      insert.run(...rowKey(event), target, event.eventId, event.name, state, issuer, email, properties, extraData,
        event.occurredAt, event.receivedAt, event.receivedAt)
    }
  }
}

function rowKey(event: NewEvent): [number, string, string, string] {
  return [event.account, event.site, event.messageId, event.person.subject]
}

function count(tallies: Map<string, { received: number; duplicate: number }>, event: NewEvent, newTargets: number): void {
  const tally = tallies.get(event.site) ?? { received: 0, duplicate: 0 }
  tally.received += event.targets.length
  tally.duplicate += event.targets.length - newTargets
  tallies.set(event.site, tally)
}

function expiry(moment: Moment, forgetAfterMs: number | undefined): number | null {
  return forgetAfterMs === undefined ? null : moment.lastAt + forgetAfterMs
}

interface MomentKey {
  event: string
  key: string
}

function momentTable(database: DatabaseSync) {
  const select = database.prepare(`
    select first_at, last_at, count from moments
    where account = ? and site = ? and subject = ? and event = ? and key = ? and coalesce(expires_at, ?) >= ?`)
  const upsert = database.prepare('insert or replace into moments values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  return {
    read(of: NewEvent, { event, key }: MomentKey): Moment | undefined {
      const row = select.get(of.account, of.site, of.person.subject, event, key, of.occurredAt, of.occurredAt)
      return row && { firstAt: Number(row.first_at), lastAt: Number(row.last_at), count: Number(row.count) }
    },
    write(of: NewEvent, { event, key }: MomentKey, moment: Moment & { expiresAt: number | null }): void {
      const { firstAt, lastAt, count: times, expiresAt } = moment
      upsert.run(of.account, of.site, of.person.subject, event, key, firstAt, lastAt, times, expiresAt)
    },
  }
}
