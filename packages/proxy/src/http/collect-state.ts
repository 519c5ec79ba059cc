import type { Gauge } from 'prom-client'
import type { OldestWaiting, OutboxSize } from '../outbox/size.ts'
import type { AccountState, SiteAudit } from '../outbox/store.ts'
import { METRICS, siteLabelIn, UNKNOWN } from './metric-definitions.ts'
import type { MetricName } from './metric-definitions.ts'

/** What is asked of the outbox when somebody reads the metrics. */
export interface ObservedState {
  auditBySite: () => Promise<SiteAudit[]>
  accountStates: () => Promise<AccountState[]>
  size: () => Promise<OutboxSize>
  oldestWaiting: () => Promise<OldestWaiting>
  isFull: () => boolean
  now: () => Date
}

interface Naming {
  known: { sites: ReadonlySet<string>; accounts: ReadonlySet<number> }
  gauge: (name: MetricName, collect: (this: Gauge) => void) => Gauge
}

const COUNTS = ['received', 'duplicate', 'rejected', 'queued', 'needsIdentity', 'delivered', 'dead'] as const
const STORED = ['queued', 'needsIdentity', 'delivered', 'dead'] as const

/** Gauges of what the outbox holds, for all processes on it. While it does not answer they are left out, and the rest is told. */
export function collectState(parts: ObservedState, { known, gauge }: Naming): { refresh(): Promise<void> } {
  let seen: { sites: SiteAudit[]; accounts: AccountState[]; size: OutboxSize; oldest: OldestWaiting; now: number } | undefined
  const collected = (name: MetricName, set: (metric: Gauge, state: NonNullable<typeof seen>) => void) =>
    gauge(name, function () {
      this.reset()
      if (seen) set(this, seen)
      // One without labels is 0 after a reset.
      else if (METRICS[name].labels.length === 0) this.remove()
    })
  const siteLabel = siteLabelIn(known.sites)
  /** Accounts that no site of the configuration names share a label; it shows the one that is worst off. `without`: of one that the outbox does not know yet. */
  const perAccount = (name: MetricName, valueOf: (account: AccountState, now: number) => number | undefined, worst: (...values: number[]) => number, without?: number) =>
    collected(name, (metric, { accounts, now }) => {
      const values = new Map<string, number>()
      for (const each of accounts) {
        const value = valueOf(each, now)
        const label = known.accounts.has(each.account) ? String(each.account) : UNKNOWN
        if (value !== undefined) values.set(label, worst(value, values.get(label) ?? value))
      }
      if (without !== undefined) for (const account of known.accounts) if (!values.has(String(account))) values.set(String(account), without)
      for (const [account, value] of values) metric.set({ account }, value)
    })

  collected('trackline_promises', (metric, { sites }) => {
    for (const site of sites) for (const state of COUNTS) metric.inc({ site: siteLabel(site.site), state }, site[state])
  })
  collected('trackline_outbox_rows', (metric, { sites }) => {
    for (const state of STORED) metric.set({ state }, sites.reduce((rows, { stored }) => rows + stored[state], 0))
  })
  collected('trackline_outbox_bytes', (metric, { size }) => metric.set(size.bytes))
  collected('trackline_outbox_full', (metric) => metric.set(Number(parts.isFull())))
  collected('trackline_oldest_waiting_seconds', (metric, { oldest, now }) => {
    const age = (since = now) => Math.max(0, now - since) / 1_000
    metric.set({ state: 'queued' }, Math.max(age(oldest.due), age(oldest.tried)))
    metric.set({ state: 'needsIdentity' }, age(oldest.needsIdentity))
  })
  perAccount('trackline_account_connected', ({ grant }) => Number(grant?.state === 'connected'), Math.min, 0)
  perAccount('trackline_account_token_expires_in_seconds', ({ grant }, now) => grant && (grant.expiresAt - now) / 1_000, Math.min)
  perAccount('trackline_account_leased', ({ leasedUntil }, now) => Number(leasedUntil > now), Math.max)
  perAccount('trackline_account_paused_seconds', ({ pausedUntil }, now) => Math.max(0, pausedUntil - now) / 1_000, Math.max)
  perAccount('trackline_account_failures', ({ failures }) => failures, Math.max)

  return {
    async refresh() {
      const now = parts.now().getTime()
      const asked = Promise.all([parts.auditBySite(), parts.accountStates(), parts.size(), parts.oldestWaiting()])
      seen = await asked.then(([sites, accounts, size, oldest]) => ({ sites, accounts, size, oldest, now }), () => undefined)
    },
  }
}
