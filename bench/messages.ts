/** What the server under load says when it listens. */
export interface ServerReady {
  url: string
  /** Absent where nobody asks for one. */
  token: string
  /** Tokens of several people; a request takes the next. */
  tokens?: string[]
}

/** What the load generator is told. */
export interface LoadSettings extends ServerReady {
  connections: number
  eventsPerRequest: number
  seconds: number
  /** Sent before, and not measured. Default: one request. */
  warmUpSeconds?: number
}

/** What the load generator measured; a request that was not answered with success ends the run instead. */
export interface LoadResult {
  requests: number
  p50Ms: number
  p99Ms: number
}
