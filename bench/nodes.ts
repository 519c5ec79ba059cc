import { drawBars } from './draw-bars.ts'
import { installPublished } from './install-published.ts'
import { measureNodes } from './nodes-round.ts'
import type { NodesRound, Processes } from './nodes-round.ts'
import { median, report } from './report.ts'
import { judge } from './requirements.ts'
import type { Requirement } from './requirements.ts'
import { signIn } from './session.ts'

/**
 * `npm run bench:nodes`: one, two and four processes on one PostgreSQL, which flushes each commit: what they accept and deliver a second to a
 * HubSpot that takes 80 ms, its rate limit lifted, and what CPU each event costs the processes and the database. Eight accounts, 64
 * connections, one event a request; a database of its own for each round. With fewer cores than processes the CPU an event says more
 * than events a second. ROUNDS and SECONDS change it.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 4)
const PEOPLE = 5_000
const COMPARED: Processes[] = [
  { label: '1 process that does all', roles: ['all'] },
  { label: '2 processes: ingest, deliver', roles: ['ingest', 'deliver'] },
  { label: '4 processes: 2 ingest, 2 deliver', roles: ['ingest', 'ingest', 'deliver', 'deliver'] },
]

installPublished()
const sessions = await signIn(PEOPLE)
const rounds = new Map<Processes, NodesRound[]>(COMPARED.map((processes) => [processes, []]))
for (let round = 0; round < ROUNDS; round++) for (const processes of COMPARED) rounds.get(processes)?.push(await measureNodes(processes, sessions, SECONDS))
const results = COMPARED.map((processes) => ({ ...processes, ...medians(rounds.get(processes) ?? []) }))
process.stdout.write(`64 connections, one event a request, median of ${ROUNDS} rounds of ${SECONDS} s, ${navigator.hardwareConcurrency} cores\n`)
for (const { label, acceptedPerSecond, deliveredPerSecond, cpuMicroseconds, databaseCpuMicroseconds, backlog } of results) {
  const rates = `${acceptedPerSecond.toFixed(0).padStart(6)} accepted/s, ${deliveredPerSecond.toFixed(0).padStart(6)} delivered/s`
  process.stdout.write(`  ${label.padEnd(34)}${rates}, ${cpuMicroseconds.toFixed(0)} µs of CPU an event + ${databaseCpuMicroseconds.toFixed(0)} in the database; ${backlog.toFixed(0)} waiting at the end\n`)
}
report('nodes', {
  rounds: ROUNDS,
  results: { results, requirements: judge(comparisons()) },
  picture: drawBars({
    title: 'Trackline on one PostgreSQL: events delivered per second',
    bars: results.map(({ label, deliveredPerSecond }) => ({ label: `Trackline, ${label}`, value: deliveredPerSecond })),
  }),
})

/** Several processes by one, round by round. */
function comparisons(): Requirement[] {
  const [one, ...more] = COMPARED
  const ratio = (of: (round: NodesRound) => number, processes: Processes) => {
    const alone = one ? rounds.get(one) : undefined
    return median(rounds.get(processes)?.map((round, index) => of(round) / of(alone?.[index] ?? round)) ?? [])
  }
  return more.flatMap((processes) => [
    { what: `events delivered/s, ${processes.roles.length} processes ÷ 1`, is: ratio((round) => round.deliveredPerSecond, processes) },
    { what: `CPU of an event, the database's too, ${processes.roles.length} processes ÷ 1`, is: ratio((round) => round.cpuMicroseconds + round.databaseCpuMicroseconds, processes) },
  ])
}

function medians(all: NodesRound[]): NodesRound {
  const of = (figure: keyof NodesRound) => median(all.map((round) => round[figure]))
  const [acceptedPerSecond, deliveredPerSecond, backlog] = [of('acceptedPerSecond'), of('deliveredPerSecond'), of('backlog')]
  return { acceptedPerSecond, deliveredPerSecond, backlog, cpuMicroseconds: of('cpuMicroseconds'), databaseCpuMicroseconds: of('databaseCpuMicroseconds') }
}
