import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, runPostgres } from '../packages/proxy/test/stage/run-postgres.ts'
import { until } from '../packages/proxy/test/stage/until.ts'
import { endsWithUs } from './child.ts'
import { openConnection } from './connection.ts'
import { cpuOfTree } from './process-cpu.ts'

/** A database server of the benchmark's own, that flushes to the disk before it says that it has written. */
export interface Database {
  env: Record<string, string>
  /** CPU time that the server has used, in microseconds; undefined where it cannot be read. */
  cpu(): number | undefined
  stop(): Promise<void>
}

export type DatabaseName = 'redis' | 'postgres'

/** As PostgreSQL's own defaults: the tests' server never flushes. */
const DURABLE = ['fsync=on', 'full_page_writes=on', 'synchronous_commit=on', 'shared_buffers=128MB']

/** Why a database cannot be started here; undefined when it can. */
export function isMissing(name: DatabaseName): string | undefined {
  if (name === 'postgres' || spawnSync('redis-server', ['--version']).status === 0) return undefined
  return 'redis-server is not installed (Debian: apt-get install redis-server)'
}

export function startDatabase(name: DatabaseName): Promise<Database> {
  return name === 'redis' ? startRedis() : startPostgres()
}

async function startRedis(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'trackline-redis-'))
  const port = await freePort()
  const settings = { port, dir: folder, bind: '127.0.0.1', appendonly: 'yes', appendfsync: 'always', save: '', 'maxmemory-policy': 'noeviction' }
  const redis = spawn('redis-server', Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]), { stdio: 'ignore' })
  endsWithUs(redis)
  const attempt = () => openConnection(`http://127.0.0.1:${port}`).catch(() => undefined)
  ;(await until('Redis listens', attempt)).close()
  return {
    env: { REDIS_PORT: String(port) },
    cpu: () => cpuOfTree(redis.pid ?? 0),
    async stop() {
      const exited = once(redis, 'exit')
      redis.kill()
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startPostgres(): Promise<Database> {
  const { url, databaseDir, stop } = await runPostgres(DURABLE)
  const pid = Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0])
  return { env: { DATABASE_URL: url }, cpu: () => cpuOfTree(pid), stop }
}
