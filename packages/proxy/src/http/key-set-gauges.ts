import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

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
export function addKeySetGauges(registers: [Registry], describe: () => KeySetAge[]): void {
  new Gauge({
    name: 'trackline_jwks_age_seconds',
    help: 'Age of an identity provider\'s keys; they are refreshed after 600 seconds and good for 86400',
    labelNames: ['address'],
    registers,
    collect() {
      this.reset()
      for (const { address, ageSeconds } of few(describe())) if (ageSeconds !== undefined) this.set({ address }, ageSeconds)
    },
  })
  new Gauge({
    name: 'trackline_jwks_failing',
    help: 'Key sets whose latest load failed',
    registers,
    collect() {
      this.set(describe().filter(({ failure }) => failure !== undefined).length)
    },
  })
}

function few(sets: KeySetAge[]): KeySetAge[] {
  const byAge = sets.toSorted((a, b) => (a.ageSeconds ?? 0) - (b.ageSeconds ?? 0))
  const oldest = byAge.at(-1)
  return sets.length > MAX_ADDRESSES && oldest ? [{ ...oldest, address: ALL }] : byAge
}
