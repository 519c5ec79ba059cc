import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { openConnection } from '../bench/connection.ts'
import { baseEnvironment } from './stage/base-environment.ts'

const BENCH = fileURLToPath(new URL('../bench/', import.meta.url))
const SMALL = { ROUNDS: '1', SECONDS: '1', WARM_UP_SECONDS: '1' }
const [A_FIGURE, SOME] = [expect.any(Number), expect.toSatisfy((count: number) => count > 0)]

/** Runs a benchmark in its smallest form, without rivals: what it wrote as JSON. */
async function measure(name: string, env: Record<string, string>): Promise<{ results: unknown; losses?: unknown; requirements?: unknown }> {
  const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await promisify(execFile)(process.execPath, [join(BENCH, `${name}.ts`)], { env: { ...baseEnvironment(), ...SMALL, ...env, RESULTS: folder } })
  expect(readFileSync(join(folder, `${name}.svg`), 'utf8')).toContain('<svg')
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')).results
}

it('bench:ingest measures what is accepted, and finds again all that was acknowledged before a kill', async () => {
  const { results, losses } = await measure('ingest', { ONLY: 'trackline,trackline-postgres', ROUNDS: '2', SECONDS: '0.3', KILLS: '1' })
  const figures = expect.objectContaining({ requestsPerSecond: SOME, p50Ms: SOME, p99Ms: SOME, cpuMicroseconds: SOME })
  const [medians, rounds] = [figures, [figures, figures]].map((each) => ({ trackline: each, 'trackline-postgres': each }))
  expect(results).toMatchObject([[64, 1], [8, 1], [64, 10]].map(([connections, eventsPerRequest]) => ({ connections, eventsPerRequest, figures: medians, rounds })))
  expect(losses).toEqual(['trackline', 'trackline-postgres'].map((name) => ({ name, kills: 1, acknowledged: SOME, lost: 0, twice: A_FIGURE })))
})

it('what sends the load says so when a server has closed its connection, and does not wait for ever', async () => {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const connection = await openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) // It listens on a port.
  expect(await connection.post('/', {}, '{}')).toBe(200)
  server.closeAllConnections()
  await expect.poll(connection.isOpen).toBe(false)
  await expect(connection.post('/', {}, '{}')).rejects.toThrow('closed')
})

it('bench:nodes measures what one, two and four processes deliver', async () => {
  const { results, requirements } = await measure('nodes', {})
  const figures = { acceptedPerSecond: SOME, deliveredPerSecond: SOME, cpuMicroseconds: SOME, databaseCpuMicroseconds: SOME }
  expect(results).toMatchObject([['all'], ['ingest', 'deliver'], ['ingest', 'ingest', 'deliver', 'deliver']].map((roles) => ({ roles, ...figures })))
  expect(requirements).toMatchObject(Array(4).fill({ is: SOME, holds: true }))
})

it('bench:growth measures storing and claiming with few and with more rows stored', async () => {
  const { results } = await measure('growth', { SIZES: '1000,5000' })
  const figures = { cpuMicroseconds: SOME, claimMs: SOME, memoryMegabytes: SOME, readyMs: SOME, throughputRatio: SOME, claimTimeRatio: SOME }
  expect(results).toMatchObject([1_000, 5_000].map((rows) => ({ rows, ...figures })))
})
