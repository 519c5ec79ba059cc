import { cpuOf, stop } from './child.ts'
import type { Database } from './databases.ts'
import { warmUp } from './load.ts'
import type { Sessions } from './session.ts'
import { prepareSide } from './sides.ts'
import type { SideName } from './sides.ts'

const WARM_UP_SECONDS = Number(process.env.WARM_UP_SECONDS ?? 4)

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
  /** Medians. */
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

/** One round of one side, which accepts and does not deliver: what is accepted waits. */
export async function measureIngest(name: SideName, { upstream, sessions: { publicKey, tokens }, database, seconds, ...load }: IngestSettings): Promise<IngestRound> {
  const side = prepareSide(name, { upstream, publicKey, database, delivers: false })
  const { server, url } = await side.run()
  const { run } = await warmUp({ urls: [url], tokens, accounts: 1, warmUpSeconds: WARM_UP_SECONDS, seconds, ...load })
  const before = await used()
  const { requests, p50Ms, p99Ms } = await run()
  const after = await used()
  await stop(server)
  side.remove()
  const cpu = { cpuMicroseconds: (after.server - before.server) / requests, databaseCpuMicroseconds: (after.database - before.database) / requests }
  return { requestsPerSecond: requests / seconds, p50Ms, p99Ms, ...cpu }

  async function used(): Promise<{ server: number; database: number }> {
    return { server: await cpuOf(server), database: database?.cpu() ?? 0 }
  }
}
