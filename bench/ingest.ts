import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { LoadResult, ServerReady } from './messages.ts'
import { median, report } from './report.ts'

/**
 * `npm run bench:ingest`: accepted events (verified, validated, flushed to disk) against bare Fastify that parses the same body and
 * replies. Both sides in one run, interleaved; the server in a process of its own, the load in another. Prints the median of each
 * figure and the ratio of requests per second of CPU time.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 4)
const WARM_UP_SECONDS = 4
const SIDES = ['bare', 'trackline'] as const
const CASES = [
  { connections: 64, eventsPerRequest: 1 },
  { connections: 8, eventsPerRequest: 1 },
  { connections: 64, eventsPerRequest: 10 },
]

interface Round extends LoadResult {
  cpuMicroseconds: number
}

const results = []
for (const load of CASES) {
  const rounds: Record<(typeof SIDES)[number], Round[]> = { bare: [], trackline: [] }
  for (let round = 0; round < ROUNDS; round++) for (const side of SIDES) rounds[side].push(await runRound(side, load))
  process.stdout.write(`\n${load.connections} connections, ${load.eventsPerRequest} event(s) a request, median of ${ROUNDS} rounds of ${SECONDS} s\n`)
  for (const side of SIDES) print(side, rounds[side], load.eventsPerRequest)
  const ratio = median(rounds.bare.map(cpuPerRequest)) / median(rounds.trackline.map(cpuPerRequest))
  process.stdout.write(`  requests per second of CPU, Trackline ÷ bare Fastify: ${ratio.toFixed(2)}\n`)
  results.push({ ...load, rounds, requestsPerCpuSecondRatio: ratio })
}
report('ingest', results, {
  title: 'Events accepted per second of CPU: bare Fastify only parses and replies',
  bars: results.flatMap(({ connections, eventsPerRequest, rounds }) =>
    SIDES.map((side) => ({
      label: `${side === 'bare' ? 'bare Fastify' : 'Trackline'}, ${connections} connections, ${eventsPerRequest} a request`,
      value: (1_000_000 * eventsPerRequest) / median(rounds[side].map(cpuPerRequest)),
    })),
  ),
})

async function runRound(side: string, load: (typeof CASES)[number]): Promise<Round> {
  // Its log goes nowhere, as it would to a file: what a terminal costs is not what is measured.
  const server = fork(new URL('./ingest-server.ts', import.meta.url), [side], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ready = await nextMessage<ServerReady>(server)
  const settings = JSON.stringify({ ...ready, ...load, seconds: SECONDS, warmUpSeconds: WARM_UP_SECONDS })
  const generator = fork(new URL('./ingest-load.ts', import.meta.url), [settings])
  await nextMessage(generator)
  const before = await cpuOf(server)
  generator.send('go')
  const result = await nextMessage<LoadResult>(generator)
  const cpuMicroseconds = (await cpuOf(server)) - before
  server.kill()
  await once(server, 'exit')
  return { ...result, cpuMicroseconds }
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

function print(side: string, rounds: Round[], eventsPerRequest: number): void {
  const rate = median(rounds.map((round) => round.requests / SECONDS))
  const [p50, p99] = [median(rounds.map((round) => round.p50Ms)), median(rounds.map((round) => round.p99Ms))]
  const figures = `${Math.round(rate * eventsPerRequest)} events/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  process.stdout.write(`  ${side.padEnd(10)} ${figures}, ${median(rounds.map(cpuPerRequest)).toFixed(0)} µs of CPU a request\n`)
}

function cpuPerRequest({ cpuMicroseconds, requests }: Round): number {
  return cpuMicroseconds / requests
}
