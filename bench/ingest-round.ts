import { setTimeout } from 'node:timers/promises'
import { cpuOf, stop } from './child.ts'
import type { Database } from './databases.ts'
import { WARM_UP_SECONDS, warmUp } from './load.ts'
import type { Sessions } from './session.ts'
import { eventsPerRequestOf, prepareSide } from './sides.ts'
import type { SideName } from './sides.ts'

const LOOK_EVERY_MS = 100
/** A side that does not come to rest is not waited for any longer. */
const MAX_LOOKS = 30
/** Of one core. */
const IDLE_SHARE = 0.1

export interface IngestRound {
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** Of the server's process, all its threads, for a request. */
  cpuMicroseconds: number
  /** Of its database server, for a request; 0 without one. */
  databaseCpuMicroseconds: number
}

export interface CaseResult {
  connections: number
  eventsPerRequest: number
  /** Of each side, in the order in which they took turns. */
  rounds: Partial<Record<SideName, IngestRound[]>>
  /** Their medians. */
  figures: Partial<Record<SideName, IngestRound>>
}

export interface IngestSettings {
  upstream: string
  sessions: Sessions
  database?: Database | undefined
  connections: number
  eventsPerRequest: number
  seconds: number
}

/** A side that is up and warm, and waits for its turn. */
export interface WarmSide {
  measureRound(): Promise<IngestRound>
  stop(): Promise<void>
}

/** Starts one side, which accepts and does not deliver: what is accepted waits. */
export async function startIngest(name: SideName, { upstream, sessions: { publicKey, tokens }, database, connections, seconds, ...ofCase }: IngestSettings): Promise<WarmSide> {
  const side = prepareSide(name, { upstream, publicKey, database, delivers: false })
  const { server, url } = await side.run()
  const eventsPerRequest = eventsPerRequestOf(name, ofCase.eventsPerRequest)
  const load = await warmUp({ urls: [url], tokens, accounts: 1, warmUpSeconds: WARM_UP_SECONDS, connections, seconds, eventsPerRequest })
  return {
    async measureRound() {
      await load.prepare()
      const before = await used()
      const { requests, p50Ms, p99Ms } = await load.run()
      // What is still done for what was answered is part of its cost, and must not slow down whose turn is next.
      await untilIdle()
      const after = await used()
      const cpu = { cpuMicroseconds: (after.server - before.server) / requests, databaseCpuMicroseconds: (after.database - before.database) / requests }
      return { requestsPerSecond: requests / seconds, p50Ms, p99Ms, ...cpu }
    },
    async stop() {
      await Promise.all([load.stop(), stop(server)])
      side.remove()
    },
  }

  async function used(): Promise<{ server: number; database: number }> {
    return { server: await cpuOf(server), database: database?.cpu() ?? 0 }
  }

  async function untilIdle(): Promise<void> {
    for (let look = 0, before = await used(); look < MAX_LOOKS; look++) {
      await setTimeout(LOOK_EVERY_MS)
      const after = await used()
      if (after.server - before.server + after.database - before.database < IDLE_SHARE * LOOK_EVERY_MS * 1_000) return
      before = after
    }
  }
}
