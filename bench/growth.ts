import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillOutbox } from './fill-outbox.ts'
import type { Asked } from './growth-server.ts'
import type { LoadResult, ServerReady } from './messages.ts'

/**
 * `npm run bench:growth`: what storing an event and claiming a batch cost with few and with many events stored (SQLite); memory, and the
 * time from the start of the process to its first answer. The sizes take turns; the medians are printed, as ratios to the smallest, and
 * written to bench/results/growth.json.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 4)
const CONNECTIONS = 64
const SIZES = (process.env.SIZES ?? '10000,1000000,10000000').split(',').map(Number)

interface Round {
  cpuMicroseconds: number
  requestsPerSecond: number
  claimMs: number
  memoryMegabytes: number
  readyMs: number
}

const folder = mkdtempSync(join(tmpdir(), 'trackline-growth-'))
try {
  const rounds = new Map<number, Round[]>(SIZES.map((rows) => [rows, []]))
  for (const rows of SIZES) await prepare(rows)
  for (let round = 0; round < ROUNDS; round++) for (const rows of SIZES) rounds.get(rows)?.push(await runRound(rows))
  report(SIZES.map((rows) => ({ rows, ...medians(rounds.get(rows) ?? []) })))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The service makes the tables itself; then they are filled. */
async function prepare(rows: number): Promise<void> {
  mkdirSync(join(folder, String(rows)))
  await stop((await start(rows)).server)
  fillOutbox(join(folder, String(rows), 'outbox.db'), rows)
  const gigabytes = statSync(join(folder, String(rows), 'outbox.db')).size / 1e9
  process.stdout.write(`filled with ${rows} rows: ${gigabytes.toFixed(2)} GB\n`)
}

async function runRound(rows: number): Promise<Round> {
  const { server, ready, readyMs } = await start(rows)
  const load = fork(new URL('./ingest-load.ts', import.meta.url), [JSON.stringify({ ...ready, connections: CONNECTIONS, eventsPerRequest: 1, seconds: SECONDS })])
  await nextMessage(load)
  const before = await ask<NodeJS.CpuUsage>(server, 'cpu')
  load.send('go')
  const { requests } = await nextMessage<LoadResult>(load)
  const after = await ask<NodeJS.CpuUsage>(server, 'cpu')
  const claims = await ask<number[]>(server, 'claim')
  const memory = await ask<number>(server, 'memory')
  await stop(server)
  const cpuMicroseconds = (after.user + after.system - before.user - before.system) / requests
  return { cpuMicroseconds, requestsPerSecond: requests / SECONDS, claimMs: median(claims), memoryMegabytes: memory / 1e6, readyMs }
}

async function start(rows: number): Promise<{ server: ChildProcess; ready: ServerReady; readyMs: number }> {
  const startedAt = performance.now()
  const server = fork(new URL('./growth-server.ts', import.meta.url), [join(folder, String(rows))], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ready = await nextMessage<ServerReady>(server)
  await fetch(`${ready.url}/readyz`)
  return { server, ready, readyMs: performance.now() - startedAt }
}

async function stop(server: ChildProcess): Promise<void> {
  const exited = once(server, 'exit')
  server.kill()
  await exited
}

async function ask<Answer>(server: ChildProcess, what: Asked): Promise<Answer> {
  server.send(what)
  return nextMessage<Answer>(server)
}

async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, 'message')
  return message
}

function medians(rounds: Round[]): Round {
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]))
  const [cpuMicroseconds, requestsPerSecond, claimMs] = [of('cpuMicroseconds'), of('requestsPerSecond'), of('claimMs')]
  return { cpuMicroseconds, requestsPerSecond, claimMs, memoryMegabytes: of('memoryMegabytes'), readyMs: of('readyMs') }
}

function report(sizes: (Round & { rows: number })[]): void {
  const [least] = sizes
  if (!least) return
  const lines = sizes.map((size) => ({
    ...size,
    ingestThroughputRatio: least.cpuMicroseconds / size.cpuMicroseconds,
    claimTimeRatio: size.claimMs / least.claimMs,
  }))
  process.stdout.write(`\n${CONNECTIONS} connections, one event a request, median of ${ROUNDS} rounds of ${SECONDS} s\n`)
  for (const line of lines) {
    const cost = `${line.cpuMicroseconds.toFixed(0)} µs of CPU a request (throughput × ${line.ingestThroughputRatio.toFixed(2)}), ${line.requestsPerSecond.toFixed(0)} requests/s`
    const claim = `claim and settle 100 rows ${line.claimMs.toFixed(1)} ms (× ${line.claimTimeRatio.toFixed(2)})`
    process.stdout.write(`  ${String(line.rows).padStart(9)} rows: ${cost}; ${claim}; ${line.memoryMegabytes.toFixed(0)} MB; ready after ${line.readyMs.toFixed(0)} ms\n`)
  }
  mkdirSync(new URL('./results/', import.meta.url), { recursive: true })
  writeFileSync(new URL('./results/growth.json', import.meta.url), `${JSON.stringify({ connections: CONNECTIONS, rounds: ROUNDS, seconds: SECONDS, sizes: lines }, undefined, 2)}\n`)
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
