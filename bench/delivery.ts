import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { LoadResult, ServerReady } from './messages.ts'
import { median, report } from './report.ts'

/**
 * `npm run bench:delivery`: events delivered per second to a HubSpot that takes 80 ms, while they come in, against @fastify/jwt and
 * http-proxy. Both sides in one run, interleaved; server, upstream and load in processes of their own. ROUNDS and SECONDS change it.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 5)
const CONNECTIONS = (process.env.CONNECTIONS ?? '64,512').split(',').map(Number)
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
report('delivery', results, {
  title: 'Events delivered per second (HubSpot takes 80 ms)',
  bars: results.flatMap(({ connections, delivered }) => [
    { label: `@fastify/jwt + http-proxy, ${connections} connections`, value: delivered.proxy },
    { label: `Trackline, ${connections} connections`, value: delivered.trackline },
  ]),
})

async function runRound(side: (typeof SIDES)[number], connections: number): Promise<Round> {
  const upstream = fork(new URL('./upstream.ts', import.meta.url))
  const address = await nextMessage<string>(upstream)
  const server = fork(new URL('./delivery-server.ts', import.meta.url), [side, address], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ready = await nextMessage<ServerReady>(server)
  const load = fork(new URL('./ingest-load.ts', import.meta.url), [JSON.stringify({ ...ready, connections, eventsPerRequest: 1, seconds: SECONDS })])
  await nextMessage(load)
  const [before, cpuBefore] = [await deliveredBy(upstream), await cpuOf(server)]
  load.send('go')
  const { requests } = await nextMessage<LoadResult>(load)
  const delivered = (await deliveredBy(upstream)) - before
  const drainMs = await drained(upstream, before + requests)
  const cpu = (await cpuOf(server)) - cpuBefore
  for (const child of [server, upstream]) child.kill()
  await once(server, 'exit')
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

async function deliveredBy(upstream: ChildProcess): Promise<number> {
  upstream.send('count')
  return nextMessage<number>(upstream)
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu')
  const { user, system } = await nextMessage<NodeJS.CpuUsage>(server)
  return user + system
}

async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, 'message')
  return message
}

function describe(side: string, rounds: Round[]): string {
  const of = (figure: keyof Round) => Math.round(median(rounds.map((round) => round[figure])))
  const figures = `${of('deliveredPerSecond')} delivered/s, ${of('acceptedPerSecond')} accepted/s, ${of('cpuMicrosecondsPerEvent')} µs of CPU an event`
  return `${side.padEnd(10)} ${figures}; at the end ${of('backlog')} were waiting, for ${of('drainMs')} ms`
}
