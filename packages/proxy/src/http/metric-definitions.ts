/** What is not named in the configuration shares one label: what strangers send must not make new time series. */
export const UNKNOWN = 'unknown'
/** What all sites share that a function finds: there may be thousands of them. */
export const FOUND_SITES = '*'

/** Labels are names from the configuration, and nothing that a client can make up. */
export function siteLabelIn(known: ReadonlySet<string>): (site: string) => string {
  const others = known.has(FOUND_SITES) ? FOUND_SITES : UNKNOWN
  return (site) => (known.has(site) ? site : others)
}

/** What `/metrics` tells, besides what every Node process does. docs/metrics.md has a row for each; a test compares. */
export const METRICS = {
  trackline_events_total: { type: 'counter', labels: ['site', 'event', 'status'], help: 'Events that this process was sent, by what was answered: queued, duplicate, rejected' },
  trackline_refused_requests_total: { type: 'counter', labels: ['code'], help: 'Requests with events that were refused as a whole, by the error\'s code; OUTBOX_UNAVAILABLE: the outbox could store nothing' },
  trackline_deliveries_total: { type: 'counter', labels: ['target', 'event', 'outcome'], help: 'Attempts of this process to deliver an event, by their outcome: delivered, snooze, retry, dead' },
  trackline_ingest_duration_seconds: { type: 'histogram', labels: [], help: 'From a request that has been read to its events on disk' },
  trackline_delivery_call_duration_seconds: { type: 'histogram', labels: ['target'], help: 'How long HubSpot took to answer a batch' },
  trackline_event_delivery_duration_seconds: { type: 'histogram', labels: ['target'], help: 'From an event received to HubSpot having it, waits included' },
  trackline_promises: { type: 'gauge', labels: ['site', 'state'], help: 'Everything ever received, by what became of it; "received" is the sum of the others' },
  trackline_outbox_rows: { type: 'gauge', labels: ['state'], help: 'Promises that are stored now' },
  trackline_outbox_bytes: { type: 'gauge', labels: [], help: 'What the outbox takes of the disk' },
  trackline_outbox_full: { type: 'gauge', labels: [], help: '1 while the outbox is at its limit and takes nothing more' },
  trackline_oldest_waiting_seconds: { type: 'gauge', labels: ['state'], help: 'Age of the oldest that waits: queued, for delivery, also for another attempt; needsIdentity, for somebody\'s email' },
  trackline_account_connected: { type: 'gauge', labels: ['account'], help: '1: connected; 0: never, or to be connected again' },
  trackline_account_token_expires_in_seconds: { type: 'gauge', labels: ['account'], help: 'Life left of the access token; it is renewed before it ends' },
  trackline_account_leased: { type: 'gauge', labels: ['account'], help: '1 while some process delivers for the account' },
  trackline_account_paused_seconds: { type: 'gauge', labels: ['account'], help: 'How much longer the account pauses after failures' },
  trackline_account_failures: { type: 'gauge', labels: ['account'], help: 'Failures in a row of the whole account' },
  trackline_jwks_age_seconds: { type: 'gauge', labels: ['address'], help: 'Age of an identity provider\'s keys; they are refreshed after 600 seconds and good for 86400' },
  trackline_jwks_failing: { type: 'gauge', labels: [], help: 'Key sets whose latest load failed' },
  trackline_build_info: { type: 'gauge', labels: ['version', 'node', 'store'], help: 'Always 1' },
} as const satisfies Record<string, MetricDefinition>

export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram'
  labels: readonly string[]
  help: string
}

export type MetricName = keyof typeof METRICS
