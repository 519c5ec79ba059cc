/** What the load generator is told. */
export interface LoadSettings {
  /** The servers; connections are spread over them. */
  urls: string[]
  /** Of several people, dealt out to the accounts; a request takes the next of its account. */
  tokens: string[]
  /** Connections are spread over the sites of so many accounts. */
  accounts: number
  connections: number
  eventsPerRequest: number
  /** Of one run. */
  seconds: number
  /** Sent before, and not measured. */
  warmUpSeconds: number
}

/** What it is told then: to get ready again after a wait, to send and measure for a while, to say how many requests have been answered. */
export type LoadOrder = 'prepare' | 'go' | 'count'

/** What the load generator measured; a request that was not answered with success ends the run instead. */
export interface LoadResult {
  requests: number
  /** Until now, with those of the warm-up. */
  sentEver: number
  p50Ms: number
  p99Ms: number
}
