import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuOf, nextMessage, start, stop } from './child.ts'
import { startDatabase } from './databases.ts'
import { WARM_UP_SECONDS, warmUp } from './load.ts'
import type { Sessions } from './session.ts'
import { startTrackline } from './start-trackline.ts'
import type { TracklineSettings } from './trackline-server.ts'
import { countOf, untilCounted } from './upstream-count.ts'

const ACCOUNTS = 8
const CONNECTIONS = 64

export interface Processes {
  label: string
  roles: ('all' | 'ingest' | 'deliver')[]
}

export interface NodesRound {
  acceptedPerSecond: number
  deliveredPerSecond: number
  /** Accepted and not delivered when the load ended. */
  backlog: number
  /** Of all processes, and of the database, for an event that is accepted and delivered. */
  cpuMicroseconds: number
  databaseCpuMicroseconds: number
}

/** One round: the processes start on an empty database, are loaded, and deliver the rest. */
export async function measureNodes({ roles }: Processes, { publicKey, tokens }: Sessions, seconds: number): Promise<NodesRound> {
  const [database, upstream] = [await startDatabase('postgres'), start('./upstream.ts')]
  const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
  const common = { folder, upstream: await nextMessage<string>(upstream), publicKey, accounts: ACCOUNTS, store: database.env.DATABASE_URL }
  const servers: ChildProcess[] = []
  const urls: string[] = []
  for (const role of roles) {
    // The accounts are connected once, by the first: all find them in the database.
    const settings: TracklineSettings = { ...common, role, isConnected: servers.length === 0 }
    const server = startTrackline('trackline-server', [JSON.stringify(settings)])
    const url = await nextMessage<string>(server)
    servers.push(server)
    if (role !== 'deliver') urls.push(url)
  }
  const load = await warmUp({ urls, tokens, accounts: ACCOUNTS, connections: CONNECTIONS, eventsPerRequest: 1, seconds, warmUpSeconds: WARM_UP_SECONDS })
  const [before, usedBefore] = [await countOf(upstream), await used()]
  const { requests, sentEver } = await load.run()
  const after = await countOf(upstream)
  await untilCounted(upstream, sentEver)
  const usedAfter = await used()
  await Promise.all([load.stop(), ...[...servers, upstream].map(stop)])
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
  const events = sentEver - before
  return {
    ...{ acceptedPerSecond: requests / seconds, deliveredPerSecond: (after - before) / seconds, backlog: sentEver - after },
    ...{ cpuMicroseconds: (usedAfter.servers - usedBefore.servers) / events, databaseCpuMicroseconds: (usedAfter.database - usedBefore.database) / events },
  }

  async function used(): Promise<{ servers: number; database: number }> {
    const each = await Promise.all(servers.map(cpuOf))
    return { servers: each.reduce((sum, one) => sum + one, 0), database: database.cpu() ?? 0 }
  }
}
