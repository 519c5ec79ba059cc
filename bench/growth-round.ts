import type { ChildProcess } from 'node:child_process'
import { ask, cpuOf, nextMessage, stop } from './child.ts'
import type { Asked, GrowthSettings } from './growth-server.ts'
import { warmUp } from './load.ts'
import { median } from './report.ts'
import type { Sessions } from './session.ts'
import { startTrackline } from './start-trackline.ts'

const CONNECTIONS = 64
const WARM_UP_SECONDS = 3

export interface GrowthRound {
  cpuMicroseconds: number
  requestsPerSecond: number
  claimMs: number
  memoryMegabytes: number
  readyMs: number
}

export interface StartedGrowth {
  server: ChildProcess
  url: string
  readyMs: number
}

/** Until the first answer of /readyz, from the start of the process on. */
export async function startGrowth(settings: GrowthSettings): Promise<StartedGrowth> {
  const startedAt = performance.now()
  const server = startTrackline('growth-server', [JSON.stringify(settings)])
  const url = await nextMessage<string>(server)
  const answer = await fetch(`${url}/readyz`)
  if (!answer.ok) throw new Error(`/readyz answers ${answer.status}: ${await answer.text()}`)
  return { server, url, readyMs: performance.now() - startedAt }
}

/** One round on the outbox in a folder: the time to start, then load, then claims. Memory is that of the process after the load. */
export async function measureGrowth(folder: string, { publicKey, tokens }: Sessions, seconds: number): Promise<GrowthRound> {
  const { server, url, readyMs } = await startGrowth({ folder, publicKey })
  const load = await warmUp({ urls: [url], tokens, accounts: 1, connections: CONNECTIONS, eventsPerRequest: 1, seconds, warmUpSeconds: WARM_UP_SECONDS })
  const before = await cpuOf(server)
  const { requests } = await load.run()
  const cpuMicroseconds = ((await cpuOf(server)) - before) / requests
  const memory = await askServer<number>('memory')
  const claims = await askServer<number[]>('claim')
  await Promise.all([load.stop(), stop(server)])
  return { cpuMicroseconds, requestsPerSecond: requests / seconds, claimMs: median(claims), memoryMegabytes: memory / 1e6, readyMs }

  function askServer<Answer>(what: Asked): Promise<Answer> {
    return ask(server, what)
  }
}
