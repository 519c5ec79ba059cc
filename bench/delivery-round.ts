import type { ChildProcess } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { ask, nextMessage, start, stop } from './child.ts'
import { warmUp } from './load.ts'
import type { Sessions } from './session.ts'
import { prepareSide } from './sides.ts'
import type { SideName } from './sides.ts'

const WARM_UP_SECONDS = 3
const GIVE_UP_AFTER_MS = 60_000

export interface DeliveryRound {
  acceptedPerSecond: number
  deliveredPerSecond: number
  /** Accepted and not delivered: half-way through, when the load ended, and how long that took. */
  backlogHalfWay: number
  backlog: number
  drainMs: number
  cpuMicroseconds: number
}

/** One round of one side: events come in and go out to a HubSpot that takes 80 ms. */
export async function measureDelivery(name: SideName, { sessions, connections, seconds }: { sessions: Sessions; connections: number; seconds: number }): Promise<DeliveryRound> {
  const { publicKey, tokens } = sessions
  const upstream = start('./upstream.ts')
  const side = prepareSide(name, { upstream: await nextMessage<string>(upstream), publicKey, delivers: true })
  const { server, url } = await side.run()
  const load = await warmUp({ urls: [url], tokens, accounts: 1, connections, eventsPerRequest: 1, seconds, warmUpSeconds: WARM_UP_SECONDS })
  const [before, cpuBefore] = [await deliveredBy(upstream), await cpuOf(server)]
  const result = load.run()
  await setTimeout(seconds * 500)
  const [deliveredHalfWay, acceptedHalfWay] = await Promise.all([deliveredBy(upstream), load.answeredSoFar()])
  const { requests, ...sent } = await result
  const delivered = (await deliveredBy(upstream)) - before
  const backlog = sent.sentEver - before - delivered
  const drainMs = await drained(upstream, sent.sentEver)
  const cpuMicroseconds = ((await cpuOf(server)) - cpuBefore) / requests
  await Promise.all([server, upstream].map(stop))
  side.remove()
  return { acceptedPerSecond: requests / seconds, deliveredPerSecond: delivered / seconds, backlogHalfWay: acceptedHalfWay - deliveredHalfWay, backlog, drainMs, cpuMicroseconds }
}

/** Waits until the rest is delivered; what was accepted and never comes ends the run. */
async function drained(upstream: ChildProcess, all: number): Promise<number> {
  const startedAt = performance.now()
  while ((await deliveredBy(upstream)) < all) {
    if (performance.now() - startedAt > GIVE_UP_AFTER_MS) throw new Error('what was accepted is not delivered a minute later')
    await setTimeout(20)
  }
  return performance.now() - startedAt
}

function deliveredBy(upstream: ChildProcess): Promise<number> {
  return ask(upstream, 'count')
}

async function cpuOf(server: ChildProcess): Promise<number> {
  const { user, system } = await ask<NodeJS.CpuUsage>(server, 'cpu')
  return user + system
}
