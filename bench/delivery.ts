import type { ChildProcess } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { ask, nextMessage, start, stop } from './child.ts'
import { measureDrain } from './drain.ts'
import { measureLatency } from './latency.ts'
import type { LoadResult, ServerReady } from './messages.ts'
import { median, report } from './report.ts'

/**
 * `npm run bench:delivery`: events delivered per second to a HubSpot that takes 80 ms, while they come in, against @fastify/jwt and
 * http-proxy. Both sides in one run, interleaved; server, upstream and load in processes of their own. Then: how fast queued events go at
 * HubSpot's real limit; how soon an event goes with nothing else to do; what one account that gets no answer costs 999 others. ROUNDS,
 * SECONDS, CONNECTIONS and DRAINED_EVENTS change it.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 5)
const CONNECTIONS = (process.env.CONNECTIONS ?? '64,512').split(',').map(Number)
const DRAINED_EVENTS = Number(process.env.DRAINED_EVENTS ?? 100_000)
const SIDES = ['proxy', 'trackline'] as const

interface Round {
  acceptedPerSecond: number
  deliveredPerSecond: number
  /** Accepted and not delivered when the load ended, and how long that took. */
  backlog: number
  drainMs: number
  cpuMicrosecondsPerEvent: number
}

const results = []
for (const connections of CONNECTIONS) {
  const rounds: Record<(typeof SIDES)[number], Round[]> = { proxy: [], trackline: [] }
  for (let round = 0; round < ROUNDS; round++) for (const side of SIDES) rounds[side].push(await runRound(side, connections))
  const delivered = (side: (typeof SIDES)[number]) => median(rounds[side].map(({ deliveredPerSecond }) => deliveredPerSecond))
  const ratio = delivered('trackline') / delivered('proxy')
  results.push({ connections, ratio, delivered: { proxy: delivered('proxy'), trackline: delivered('trackline') }, rounds })
  process.stdout.write(`${connections} connections, one event a request, median of ${ROUNDS} rounds of ${SECONDS} s\n`)
  for (const side of SIDES) process.stdout.write(`  ${describe(side, rounds[side])}\n`)
  process.stdout.write(`  delivered per second, Trackline ÷ @fastify/jwt + http-proxy: ${ratio.toFixed(2)}\n`)
}
const drain = await measureDrain(DRAINED_EVENTS)
process.stdout.write(`${drain.events} queued events at 110 calls in 10 s: ${drain.calls} calls of ${drain.eventsPerCall} events in ${drain.seconds.toFixed(1)} s, `)
process.stdout.write(`${(drain.shareOfAllowed * 100).toFixed(1)} % of what is allowed, ${drain.refusedForRate} refused for the rate\n`)
const latency = await measureLatency()
const { idleP50Ms, healthy, besideDead } = latency
process.stdout.write(`with nothing else to do HubSpot is called ${idleP50Ms.toFixed(1)} ms after the 202 (p50)\n`)
process.stdout.write(`1,000 accounts, an event each, one after the other: p50 ${healthy.p50Ms.toFixed(1)} ms, p99 ${healthy.p99Ms.toFixed(1)} ms; `)
process.stdout.write(`while HubSpot does not answer one of them: p50 ${besideDead.p50Ms.toFixed(1)} ms, p99 ${besideDead.p99Ms.toFixed(1)} ms\n`)
report('delivery', { results, drain, latency }, {
  title: 'Events delivered per second (HubSpot takes 80 ms)',
  bars: results.flatMap(({ connections, delivered }) => [
    { label: `@fastify/jwt + http-proxy, ${connections} connections`, value: delivered.proxy },
    { label: `Trackline, ${connections} connections`, value: delivered.trackline },
  ]),
})

async function runRound(side: (typeof SIDES)[number], connections: number): Promise<Round> {
  const upstream = start('./upstream.ts')
  const address = await nextMessage<string>(upstream)
  const server = start('./delivery-server.ts', [side, address])
  const ready = await nextMessage<ServerReady>(server)
  const load = start('./ingest-load.ts', [JSON.stringify({ ...ready, connections, eventsPerRequest: 1, seconds: SECONDS })])
  await nextMessage(load)
  const [before, cpuBefore] = [await deliveredBy(upstream), await cpuOf(server)]
  load.send('go')
  const { requests } = await nextMessage<LoadResult>(load)
  const delivered = (await deliveredBy(upstream)) - before
  const drainMs = await drained(upstream, before + requests)
  const cpu = (await cpuOf(server)) - cpuBefore
  await Promise.all([server, upstream].map(stop))
  return { acceptedPerSecond: requests / SECONDS, deliveredPerSecond: delivered / SECONDS, backlog: requests - delivered, drainMs, cpuMicrosecondsPerEvent: cpu / requests }
}

/** Waits until the rest is delivered; what was accepted and never comes ends the run. */
async function drained(upstream: ChildProcess, all: number): Promise<number> {
  const startedAt = performance.now()
  while ((await deliveredBy(upstream)) < all) {
    if (performance.now() - startedAt > 60_000) throw new Error('what was accepted is not delivered a minute later')
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

function describe(side: string, rounds: Round[]): string {
  const of = (figure: keyof Round) => Math.round(median(rounds.map((round) => round[figure])))
  const figures = `${of('deliveredPerSecond')} delivered/s, ${of('acceptedPerSecond')} accepted/s, ${of('cpuMicrosecondsPerEvent')} µs of CPU an event`
  return `${side.padEnd(10)} ${figures}; at the end ${of('backlog')} were waiting, for ${of('drainMs')} ms`
}
