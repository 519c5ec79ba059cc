import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { freePort } from './run-cli.ts'
import { makeTempFolder } from './temp-folder.ts'
import { until } from './until.ts'

/** Where distributions put it; `npm test` installs it where it may. */
export const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(existsSync)

/** PgBouncer before a server, lending its few connections for one transaction at a time; gives its URL. Stopped when the test is done. */
export async function startPgBouncer(serverUrl: string, { poolSize }: { poolSize: number }): Promise<string> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(serverUrl)
  const [folder, port] = [makeTempFolder(), await freePort()]
  // It refuses to run as root; whoever it runs as must be able to read its file.
  chmodSync(folder.path, 0o755)
  const file = join(folder.path, 'pgbouncer.ini')
  const database = `host=${hostname} port=${serverPort} user=${username} password='${decodeURIComponent(password)}'`
  const settings = ['listen_addr=127.0.0.1', `listen_port=${port}`, 'unix_socket_dir=', 'auth_type=any', 'pool_mode=transaction', `default_pool_size=${poolSize}`]
  writeFileSync(file, `[databases]\n${pathname.slice(1)} = ${database}\n[pgbouncer]\n${settings.join('\n')}\n`)
  const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(String(PGBOUNCER), ['-q', ...asOther, file], { stdio: 'ignore' })
  onTestFinished(async () => {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
    folder.remove()
  })
  const url = `postgres://${username}@127.0.0.1:${port}${pathname}`
  await until('PgBouncer answers', () => canConnect(url))
  return url
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  return client.connect().then(() => client.end()).then(() => true, () => false)
}
