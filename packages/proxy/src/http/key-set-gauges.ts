import type { Gauge } from 'prom-client'
import type { MetricName } from './metric-definitions.ts'

export interface KeySetAge {
  address: string
  /** Undefined while none was ever loaded. */
  ageSeconds: number | undefined
  failure: string | undefined
}

/** Addresses that have a label of their own; where there are more, such as with sites in a database, the oldest set speaks for all. */
const MAX_ADDRESSES = 50
const ALL = '*'

/** How old the identity providers' keys are: past 24 hours their sessions are refused. */
export function addKeySetGauges(describe: () => KeySetAge[], gauge: (name: MetricName, collect: (this: Gauge) => void) => Gauge): void {
  gauge('trackline_jwks_age_seconds', function () {
    this.reset()
    // No keys, no age: the series is there all the same, so that an alarm on it can be told from a mistyped one.
    if (describe().length === 0) this.set({ address: ALL }, 0)
    for (const { address, ageSeconds } of few(describe())) if (ageSeconds !== undefined) this.set({ address }, ageSeconds)
  })
  gauge('trackline_jwks_failing', function () {
    this.set(describe().filter(({ failure }) => failure !== undefined).length)
  })
}

function few(sets: KeySetAge[]): KeySetAge[] {
  const byAge = sets.toSorted((a, b) => (a.ageSeconds ?? 0) - (b.ageSeconds ?? 0))
  const oldest = byAge.at(-1)
  return sets.length > MAX_ADDRESSES && oldest ? [{ ...oldest, address: ALL }] : byAge
}
