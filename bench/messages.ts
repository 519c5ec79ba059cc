/** What the load generator is told. */
export interface LoadSettings {
  /** The servers; connections are spread over them. */
  urls: string[]
  /** Of several people; a request takes the next. */
  tokens: string[]
  /** Connections are spread over the sites of so many accounts. */
  accounts: number
  connections: number
  eventsPerRequest: number
  seconds: number
  /** Sent before, and not measured. */
  warmUpSeconds: number
}

/** What the load generator measured; a request that was not answered with success ends the run instead. */
export interface LoadResult {
  requests: number
  /** With those of the warm-up. */
  sentEver: number
  p50Ms: number
  p99Ms: number
}
