import { nextMessage, start, stop } from './child.ts'
import { isMissing, startDatabase } from './databases.ts'
import type { Database } from './databases.ts'
import { drawBars } from './draw-bars.ts'
import { judgeIngest } from './ingest-requirements.ts'
import { startIngest } from './ingest-round.ts'
import type { CaseResult, IngestRound, WarmSide } from './ingest-round.ts'
import { installPublished } from './install-published.ts'
import { installRivals } from './install-rivals.ts'
import { measureLosses } from './losses.ts'
import { median, report } from './report.ts'
import { signIn } from './session.ts'
import { eventsPerRequestOf, SIDES } from './sides.ts'
import type { SideName } from './sides.ts'

/**
 * `npm run bench:ingest`: accepted events a second (session verified, validated, flushed to disk) against bare Fastify that parses the same
 * body and replies, and against what one would write otherwise; then what each has lost when it was killed with -9. The server in a process of
 * its own, the load in another. All sides are up at once and take turns, for less than a second each: a machine that is slow for a while is slow for
 * all. What a 202 costs at the least, on this machine and its disk, is shown by one that stores the bare body. Medians; a ratio of two sides is the median of those of the rounds. A database's CPU is printed apart, and is no part of a ratio.
 *
 * ROUNDS, SECONDS (of a turn), KILLS (0 leaves the second part out), ONLY=trackline,bullmq (some sides) change it. BullMQ needs Redis,
 * which is not an npm package: on Debian `apt-get install redis-server`. Without it that side is left out.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 15)
const SECONDS = Number(process.env.SECONDS ?? 0.7)
const KILLS = Number(process.env.KILLS ?? 3)
const PEOPLE = 1_000
const COMPARED: SideName[] = ['bare', 'least-durable', 'trackline', 'trackline-postgres', 'first-version', 'bullmq', 'pg-boss', 'express-direct', 'segment']
/** These keep what they accept, or say so; the others have nothing to lose. */
const KILLED: SideName[] = ['trackline', 'trackline-postgres', 'bullmq', 'pg-boss', 'express-direct', 'segment']
/** Ten a request are compared with one a request, which takes its turns beside them. */
const CASES: { connections: number; eventsPerRequest: number; besides: SideName[] }[] = [
  { connections: 64, eventsPerRequest: 1, besides: [] },
  { connections: 8, eventsPerRequest: 1, besides: [] },
  { connections: 64, eventsPerRequest: 10, besides: ['trackline-one'] },
]

const sides = COMPARED.filter((name) => (process.env.ONLY?.split(',') ?? COMPARED).includes(name)).filter(isPossible)
if (sides.some((name) => SIDES[name].file === 'trackline')) installPublished()
if (sides.some((name) => SIDES[name].file !== 'trackline')) installRivals('rivals')
const [upstream, sessions] = [start('./upstream.ts'), await signIn(PEOPLE)]
const around = { upstream: await nextMessage<string>(upstream), sessions }
const results: CaseResult[] = []
await withDatabases(async (databases) => {
  for (const { besides, ...load } of CASES) {
    const running = new Map<SideName, WarmSide>()
    for (const name of sides.includes('trackline') ? [...sides, ...besides] : sides) running.set(name, await startIngest(name, { ...around, ...load, database: databases.get(name), seconds: SECONDS }))
    const rounds = await takeTurns(running)
    for (const side of running.values()) await side.stop()
    const figures = Object.fromEntries([...rounds].map(([name, all]) => [name, medians(all)]))
    results.push({ ...load, rounds: Object.fromEntries(rounds), figures })
    print(load, figures)
  }
})
await stop(upstream)
const losses = KILLS > 0 ? await measureLosses(sides.filter((name) => KILLED.includes(name)), { kills: KILLS, sessions }) : []
report('ingest', {
  rounds: ROUNDS,
  results: { results, losses, requirements: judgeIngest(results, losses) },
  picture: drawBars({
    title: 'Events accepted per second of the server\'s CPU, 64 connections, one event a request',
    bars: sides.map((name) => ({ label: SIDES[name].label, value: 1_000_000 / (results[0]?.figures[name]?.cpuMicroseconds ?? Number.NaN) })),
  }),
})

/** Every other round in the opposite order: none always comes after the same one. A round before the first shakes off the wait for the others' start. */
async function takeTurns(running: Map<SideName, WarmSide>): Promise<Map<SideName, IngestRound[]>> {
  const rounds = new Map<SideName, IngestRound[]>([...running.keys()].map((name) => [name, []]))
  for (const side of running.values()) await side.measureRound()
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, side] of round % 2 ? [...running].toReversed() : running) rounds.get(name)?.push(await side.measureRound())
  }
  return rounds
}

/** A database for each side that needs one, for the whole run: none sees what another has stored. */
async function withDatabases(measure: (databases: Map<SideName, Database>) => Promise<void>): Promise<void> {
  const databases = new Map<SideName, Database>()
  try {
    for (const name of sides) {
      const side = SIDES[name]
      if ('database' in side) databases.set(name, await startDatabase(side.database))
    }
    await measure(databases)
  } finally {
    for (const database of databases.values()) await database.stop()
  }
}

function isPossible(name: SideName): boolean {
  const side = SIDES[name]
  const missing = 'database' in side ? isMissing(side.database) : undefined
  if (missing) process.stdout.write(`${side.label} is left out: ${missing}\n`)
  return missing === undefined
}

function medians(all: IngestRound[]): IngestRound {
  const of = (figure: keyof IngestRound) => median(all.map((each) => each[figure]))
  const [requestsPerSecond, p50Ms, p99Ms] = [of('requestsPerSecond'), of('p50Ms'), of('p99Ms')]
  return { requestsPerSecond, p50Ms, p99Ms, cpuMicroseconds: of('cpuMicroseconds'), databaseCpuMicroseconds: of('databaseCpuMicroseconds') }
}

function print({ connections, eventsPerRequest }: Pick<CaseResult, 'connections' | 'eventsPerRequest'>, figures: CaseResult['figures']): void {
  process.stdout.write(`\n${connections} connections, ${eventsPerRequest} event(s) a request, median of ${ROUNDS} rounds of ${SECONDS} s\n`)
  for (const [name, figure] of Object.entries(figures) as [SideName, IngestRound][]) { // Each side was measured.
    const { requestsPerSecond, p50Ms, p99Ms, cpuMicroseconds, databaseCpuMicroseconds } = figure
    const rate = `${Math.round(requestsPerSecond * eventsPerRequestOf(name, eventsPerRequest))} events/s`.padStart(15)
    const latency = `p50 ${p50Ms.toFixed(1).padStart(6)} ms, p99 ${p99Ms.toFixed(1).padStart(6)} ms`
    const apart = databaseCpuMicroseconds > 0 ? ` + ${databaseCpuMicroseconds.toFixed(0)} in its database` : ''
    process.stdout.write(`  ${SIDES[name].label.padEnd(34)}${rate}, ${latency}, ${cpuMicroseconds.toFixed(0).padStart(5)} µs of CPU a request${apart}\n`)
  }
}
