import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import type { ClientConfig } from 'pg'

/** How long to wait for a connection, a new one or one that comes free. */
export const CONNECT_TIMEOUT_MS = 3_000
/** A server that is gone does not say goodbye. */
export const CLOSE_WITHIN_MS = 2_000

/** A server that answers and takes no writes is a standby, or was told not to. */
class TakesNoWrites extends Error {
  constructor() {
    super('the server takes no writes: it is a standby, or read-only')
  }
}

/** Servers of which one takes writes at a time: the primary, and the standbys that may become it. */
export interface Servers {
  /** Where to connect: what took writes last, or the next one to try. */
  current(): ClientConfig
  /** This one could not be used; the next to connect tries the one after it. */
  turnFrom(server: ClientConfig): void
  count: number
}

export function createServers(addresses: readonly [ClientConfig, ...ClientConfig[]]): Servers {
  let index = 0
  const current = () => addresses[index] ?? addresses[0]
  return {
    current,
    turnFrom(server) {
      // Many connections fail at once: only the first of them turns.
      if (server === current()) index = (index + 1) % addresses.length
    },
    count: addresses.length,
  }
}

/** Connects to the current server; to the next one when it cannot be used, until all have been tried. */
export async function connectToOne<Connected>(servers: Servers, connect: (server: ClientConfig) => Promise<Connected>): Promise<Connected> {
  for (let tries = 1; ; tries++) {
    const server = servers.current()
    try {
      return await connect(server)
    } catch (error) {
      servers.turnFrom(server)
      if (tries >= servers.count) throw error
    }
  }
}

/** One connection to the server that takes writes. */
export function connectTo(servers: Servers, options: ClientConfig = {}): Promise<pg.Client> {
  return connectToOne(servers, async (server) => {
    const client = new pg.Client({ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, ...options, ...server })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await requireWrites(servers, client)
      return client
    } catch (error) {
      await endClient(client)
      throw error
    }
  })
}

/** Says goodbye, and waits no longer for that of the server than it may take. */
export async function endClient(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => undefined)
  await Promise.race([ended, setTimeout(CLOSE_WITHIN_MS, undefined, { ref: false })])
  client.connection.stream.destroy()
}

/** A pool makes clients of one configuration: each of these goes to the server that is current when it is made. */
export function clientFor(servers: Servers): new (options?: ClientConfig) => pg.Client {
  return class extends pg.Client {
    constructor(options: ClientConfig = {}) {
      super({ ...options, ...servers.current() })
    }
  }
}

/** Where there are several servers, one that takes no writes is not the one that is wanted. */
export async function requireWrites({ count }: Servers, client: pg.ClientBase): Promise<void> {
  if (count === 1) return
  const { rows } = await client.query<{ is: string }>("select current_setting('transaction_read_only') as is")
  if (rows[0]?.is !== 'off') throw new TakesNoWrites()
}
