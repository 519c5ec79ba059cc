import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stop } from './child.ts'
import { drawBars } from './draw-bars.ts'
import { fillOutbox } from './fill-outbox.ts'
import { measureGrowth, startGrowth } from './growth-round.ts'
import type { GrowthRound } from './growth-round.ts'
import { installPublished } from './install-published.ts'
import { median, report } from './report.ts'
import { judge } from './requirements.ts'
import { signIn } from './session.ts'

/**
 * `npm run bench:growth`: what storing an event and claiming a batch cost with few and with many events stored (SQLite); memory, and the
 * time from the start of the process to its first answer. The sizes take turns; the medians are printed, as ratios to the first size.
 * SIZES=10000,1000000 (rows, the fewest first), ROUNDS and SECONDS change it; 10 million rows take 3.5 GB in the temporary folder.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 4)
const SIZES = (process.env.SIZES ?? '10000,1000000,10000000').split(',').map(Number)
const PEOPLE = 1_000

type SizeResult = GrowthRound & { rows: number; throughputRatio: number; claimTimeRatio: number }

installPublished()
const folder = mkdtempSync(join(tmpdir(), 'trackline-growth-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const sessions = await signIn(PEOPLE)
for (const rows of SIZES) await prepare(rows)
const rounds = new Map<number, GrowthRound[]>(SIZES.map((rows) => [rows, []]))
for (let round = 0; round < ROUNDS; round++) for (const rows of SIZES) rounds.get(rows)?.push(await measureGrowth(folderOf(rows), sessions, SECONDS))
const results = ratios(SIZES.map((rows) => ({ rows, ...medians(rounds.get(rows) ?? []) })))
process.stdout.write(`\n64 connections, one event a request, median of ${ROUNDS} rounds of ${SECONDS} s\n`)
for (const result of results) process.stdout.write(`  ${describe(result)}\n`)
const requirements = judge(results.slice(-1).flatMap(({ rows, throughputRatio, claimTimeRatio, memoryMegabytes, readyMs }) => [
  { what: `requests per second of CPU, ${name(rows)} ÷ ${name(SIZES[0])}`, is: throughputRatio, atLeast: 0.9 },
  { what: `time of a claim, ${name(rows)} ÷ ${name(SIZES[0])}`, is: claimTimeRatio, atMost: 1.5 },
  { what: `memory with ${name(rows)}, MB`, is: memoryMegabytes, atMost: 250 },
  { what: `start to ready with ${name(rows)}, s`, is: readyMs / 1_000, atMost: 2 },
]))
report('growth', {
  rounds: ROUNDS,
  results: { results, requirements },
  picture: drawBars({
    title: 'Trackline: events accepted per second of CPU, by how many are stored',
    bars: results.map(({ rows, cpuMicroseconds }) => ({ label: `Trackline, ${name(rows)} stored`, value: 1_000_000 / cpuMicroseconds })),
  }),
})

function folderOf(rows: number): string {
  return join(folder, String(rows))
}

/** The service makes the tables itself; then they are filled. */
async function prepare(rows: number): Promise<void> {
  mkdirSync(folderOf(rows))
  await stop((await startGrowth({ folder: folderOf(rows), publicKey: sessions.publicKey })).server)
  const startedAt = performance.now()
  const file = join(folderOf(rows), 'outbox.db')
  fillOutbox(file, rows)
  process.stdout.write(`${name(rows)} rows stored in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s: ${(statSync(file).size / 1e9).toFixed(2)} GB\n`)
}

function medians(all: GrowthRound[]): GrowthRound {
  const of = (figure: keyof GrowthRound) => median(all.map((round) => round[figure]))
  return { cpuMicroseconds: of('cpuMicroseconds'), requestsPerSecond: of('requestsPerSecond'), claimMs: of('claimMs'), memoryMegabytes: of('memoryMegabytes'), readyMs: of('readyMs') }
}

function ratios(sizes: (GrowthRound & { rows: number })[]): SizeResult[] {
  const [least] = sizes
  return sizes.map((size) => ({
    ...size,
    throughputRatio: (least?.cpuMicroseconds ?? Number.NaN) / size.cpuMicroseconds,
    claimTimeRatio: size.claimMs / (least?.claimMs ?? Number.NaN),
  }))
}

function describe({ rows, cpuMicroseconds, throughputRatio, requestsPerSecond, claimMs, claimTimeRatio, memoryMegabytes, readyMs }: SizeResult): string {
  const cost = `${cpuMicroseconds.toFixed(0)} µs of CPU a request (throughput × ${throughputRatio.toFixed(2)}), ${requestsPerSecond.toFixed(0)} requests/s`
  const claim = `claim and settle 100 rows ${claimMs.toFixed(1)} ms (× ${claimTimeRatio.toFixed(2)})`
  return `${name(rows).padStart(12)}: ${cost}; ${claim}; ${memoryMegabytes.toFixed(0)} MB; ready after ${readyMs.toFixed(0)} ms`
}

function name(rows = 0): string {
  return rows.toLocaleString('en')
}
