import type { MessageResult } from '@trackline/shared'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { addKeySetGauges } from './key-set-gauges.ts'
import type { KeySetAge } from './key-set-gauges.ts'
import type { Row } from '../outbox/event.ts'
import type { Audit } from '../outbox/store.ts'
import type { Outcome } from '../outcome.ts'

/** Events whose name is not defined share one label: what strangers send must not make new time series. */
const UNKNOWN_EVENT = 'unknown'

export interface Metrics {
  countResults(site: string, messages: readonly unknown[], results: MessageResult[]): void
  countOutcome(row: Row, outcome: Outcome): void
  render(): Promise<{ text: string; contentType: string }>
}

/** Prometheus metrics. Labels hold names from the configuration only. */
export function createMetrics(eventNames: readonly string[], audit: () => Promise<Audit>, describeKeys: () => KeySetAge[]): Metrics {
  const registers = [new Registry()] as const
  collectDefaultMetrics({ register: registers[0] })
  const known = new Set(eventNames)
  const received = new Counter({ name: 'trackline_events_total', help: 'Events received, by what was answered', labelNames: ['site', 'event', 'status'], registers: [...registers] })
  const outcomes = new Counter({ name: 'trackline_deliveries_total', help: 'Attempts to deliver an event, by their outcome', labelNames: ['target', 'event', 'outcome'], registers: [...registers] })
  new Gauge({
    name: 'trackline_promises',
    help: 'Everything ever received, by what became of it, at most 15 seconds ago; "received" is the sum of the others',
    labelNames: ['state'],
    registers: [...registers],
    async collect() {
      for (const [state, promises] of Object.entries(await audit())) this.set({ state }, promises)
    },
  })

  addKeySetGauges([registers[0]], describeKeys)

  return {
    countResults(site, messages, results) {
      results.forEach(({ status }, index) => received.inc({ site, event: nameOf(messages[index], known), status }))
    },
    countOutcome({ target, name }, { kind }) {
      outcomes.inc({ target, event: known.has(name) ? name : UNKNOWN_EVENT, outcome: kind })
    },
    async render() {
      return { text: await registers[0].metrics(), contentType: registers[0].contentType }
    },
  }
}

function nameOf(message: unknown, known: Set<string>): string {
  const name: unknown = Reflect.get(Object(message), 'event')
  return typeof name === 'string' && known.has(name) ? name : UNKNOWN_EVENT
}
