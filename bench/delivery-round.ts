import { setTimeout } from 'node:timers/promises'
import { cpuOf, nextMessage, start, stop } from './child.ts'
import { WARM_UP_SECONDS, warmUp } from './load.ts'
import type { Sessions } from './session.ts'
import { prepareSide } from './sides.ts'
import type { SideName } from './sides.ts'
import { countOf, untilCounted } from './upstream-count.ts'

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
  const [before, cpuBefore] = [await countOf(upstream), await cpuOf(server)]
  const result = load.run()
  await setTimeout(seconds * 500)
  const [deliveredHalfWay, acceptedHalfWay] = await Promise.all([countOf(upstream), load.answeredSoFar()])
  const { requests, ...sent } = await result
  const delivered = (await countOf(upstream)) - before
  const backlog = sent.sentEver - before - delivered
  const drainMs = await untilCounted(upstream, sent.sentEver)
  const cpuMicroseconds = ((await cpuOf(server)) - cpuBefore) / requests
  await Promise.all([load.stop(), stop(server), stop(upstream)])
  side.remove()
  return { acceptedPerSecond: requests / seconds, deliveredPerSecond: delivered / seconds, backlogHalfWay: acceptedHalfWay - deliveredHalfWay, backlog, drainMs, cpuMicroseconds }
}
