import type { CaseResult, IngestRound } from './ingest-round.ts'
import type { Loss } from './losses.ts'
import { median } from './report.ts'
import { judge } from './requirements.ts'
import { SIDES } from './sides.ts'
import type { SideName } from './sides.ts'

const OTHERS: SideName[] = ['bullmq', 'pg-boss', 'express-direct', 'segment']

/** Ratios count CPU of the server's process a request, but where events a second are named. */
export function judgeIngest(results: CaseResult[], losses: Loss[]) {
  const [one, few, ten] = results
  const cpuRatio = (result: CaseResult | undefined, name: SideName, to: SideName) => ratio(result, 'cpuMicroseconds', to, name)
  const rate = (name: SideName) => one?.figures[name]?.requestsPerSecond ?? Number.NaN
  const survivors = OTHERS.filter((name) => losses.some((loss) => loss.name === name && loss.lost === 0))
  const fastest = survivors.toSorted((a, b) => rate(b) - rate(a))[0]
  const tenToOne = 10 * ratio(ten, 'requestsPerSecond', 'trackline', 'trackline-one')
  return judge([
    { what: 'CPU efficiency ÷ bare Fastify, 64 connections, SQLite', is: cpuRatio(one, 'trackline', 'bare'), atLeast: 0.75 },
    { what: 'CPU efficiency ÷ bare Fastify, 8 connections, SQLite', is: cpuRatio(few, 'trackline', 'bare'), atLeast: 0.55 },
    { what: 'CPU efficiency ÷ bare Fastify, 64 connections, PostgreSQL', is: cpuRatio(one, 'trackline-postgres', 'bare'), atLeast: 0.6 },
    { what: 'CPU efficiency ÷ bare Fastify, 64 connections, node:http + one column of SQLite', is: cpuRatio(one, 'least-durable', 'bare') },
    { what: 'CPU efficiency ÷ bare Fastify, 8 connections, node:http + one column of SQLite', is: cpuRatio(few, 'least-durable', 'bare') },
    { what: "p99 of a request ÷ bare Fastify's, 64 connections, SQLite", is: ratio(one, 'p99Ms', 'trackline', 'bare') },
    { what: 'events/s, ten a request ÷ one a request', is: tenToOne, atLeast: 4 },
    { what: 'CPU efficiency ÷ what one writes first, 64 connections', is: cpuRatio(one, 'trackline', 'first-version'), atLeast: 6 },
    { what: `events/s ÷ ${fastest ? SIDES[fastest].label : 'the fastest that lost nothing'}, 64 connections`, is: fastest ? ratio(one, 'requestsPerSecond', 'trackline', fastest) : Number.NaN, atLeast: 3 },
  ])
}

/** One side's figure by another's, round by round: within one the machine is nearly the same. */
function ratio(result: CaseResult | undefined, figure: keyof IngestRound, side: SideName, to: SideName): number {
  const others = result?.rounds[to]
  return median(result?.rounds[side]?.map((round, index) => round[figure] / (others?.[index]?.[figure] ?? Number.NaN)) ?? [])
}
