import type { MessageResult } from '@trackline/shared'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { CounterConfiguration } from 'prom-client'
import type { ErrorCode } from '../errors.ts'
import type { Row, TargetName } from '../outbox/event.ts'
import type { Outcome } from '../outcome.ts'
import { collectState } from './collect-state.ts'
import type { ObservedState } from './collect-state.ts'
import { addKeySetGauges } from './key-set-gauges.ts'
import type { KeySetAge } from './key-set-gauges.ts'
import { METRICS, siteLabelIn, UNKNOWN } from './metric-definitions.ts'
import type { MetricName } from './metric-definitions.ts'

const INGEST_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const CALL_BUCKETS_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]
/** To a tenth of the time after which an event is given up, and beyond. */
const DELIVERY_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400]

/** Refusals that somebody should be called for. */
const ALARMING: readonly ErrorCode[] = ['OUTBOX_UNAVAILABLE']

export interface MetricsParts extends ObservedState {
  /** Labels hold these names, and no other. */
  known: { sites: readonly string[]; events: readonly string[]; accounts: readonly number[]; targets: readonly TargetName[] }
  describeKeys: () => KeySetAge[]
  build: { version: string; node: string; store: string }
}

export type Metrics = ReturnType<typeof createMetrics>

/** Prometheus metrics. Counting an event costs it a look into a map. */
export function createMetrics(parts: MetricsParts) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const known = { sites: new Set(parts.known.sites), events: new Set(parts.known.events), accounts: new Set(parts.known.accounts) }
  const options = (name: MetricName) => ({ name, help: METRICS[name].help, labelNames: [...METRICS[name].labels], registers })
  const histogram = (name: MetricName, buckets: number[]) => new Histogram({ ...options(name), buckets })
  const countEvent = createCounter(options('trackline_events_total'))
  const countRefusal = createCounter(options('trackline_refused_requests_total'), ALARMING.map((code) => [code]))
  // An event whose definition was removed may die, too: an alarm sees the first of a series that begins at 0 only.
  const deaths = parts.known.targets.flatMap((target) => [...parts.known.events, UNKNOWN].map((event) => [target, event, 'dead']))
  const countDelivery = createCounter(options('trackline_deliveries_total'), deaths)
  const ingestDuration = histogram('trackline_ingest_duration_seconds', INGEST_BUCKETS_SECONDS)
  const callDuration = histogram('trackline_delivery_call_duration_seconds', CALL_BUCKETS_SECONDS)
  const deliveryDuration = histogram('trackline_event_delivery_duration_seconds', DELIVERY_BUCKETS_SECONDS)
  new Gauge(options('trackline_build_info')).set(parts.build, 1)
  const gauge = (name: MetricName, collect: (this: Gauge) => void) => new Gauge({ ...options(name), collect })
  const state = collectState(parts, { known, gauge })
  addKeySetGauges(parts.describeKeys, gauge)

  const siteLabel = siteLabelIn(known.sites)
  const eventLabel = (name: unknown) => (typeof name === 'string' && known.events.has(name) ? name : UNKNOWN)

  return {
    countResults(site: string, messages: readonly unknown[], results: MessageResult[]): void {
      results.forEach(({ status }, index) => countEvent(siteLabel(site), eventLabel(Reflect.get(Object(messages[index]), 'event')), status))
    },
    countRefusal: (code: ErrorCode): void => countRefusal(code),
    countOutcome({ target, name, receivedAt }: Row, { kind }: Outcome): void {
      countDelivery(target, eventLabel(name), kind)
      if (kind === 'delivered') deliveryDuration.observe({ target }, Math.max(0, parts.now().getTime() - receivedAt) / 1_000)
    },
    observeIngest: (durationMs: number): void => ingestDuration.observe(durationMs / 1_000),
    observeCall: (target: string, durationMs: number): void => callDuration.observe({ target }, durationMs / 1_000),
    async render(): Promise<{ text: string; contentType: string }> {
      await state.refresh()
      return { text: await registry.metrics(), contentType: registry.contentType }
    },
  }
}

/**
 * A counter that is told to Prometheus when it asks: until then what it has counted is a plain number by the labels' values, in their order.
 * There are few: they come from the configuration.
 *
 * @param fromTheStart  label values that are there before they are counted: of a series that begins with 1, Prometheus sees no increase
 */
function createCounter(options: CounterConfiguration<string>, fromTheStart: readonly string[][] = []): (...values: string[]) => void {
  const counted = new Map<string, { values: string[]; since: number }>(fromTheStart.map((values) => [values.join('\n'), { values, since: 0 }]))
  new Counter({
    ...options,
    collect() {
      for (const one of counted.values()) {
        this.labels(...one.values).inc(one.since)
        one.since = 0
      }
    },
  })
  return (...values) => {
    const key = values.join('\n')
    const known = counted.get(key)
    if (known) known.since += 1
    else counted.set(key, { values, since: 1 })
  }
}
