import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { controlOf, PASSWORD, serverOn, USER } from './run-postgres.ts'
import type { RunningPostgres } from './run-postgres.ts'
import { makeTempFolder } from './temp-folder.ts'
import { until } from './until.ts'

const NAME = 'standby'

export interface Standby extends RunningPostgres {
  /** Makes it the primary. */
  promote(): Promise<void>
}

/** A standby of a server that runs, made of a copy of it; from now on the primary answers a commit when the standby has it on disk. */
export async function runStandby(primary: RunningPostgres): Promise<Standby> {
  const folder = makeTempFolder()
  chmodSync(folder.path, 0o711)
  const databaseDir = join(folder.path, 'postgres')
  await copyRunning(primary, databaseDir)
  const { server, port } = await serverOn(databaseDir, [])
  const control = controlOf(server, { databaseDir, port })
  const start = async () => {
    // It resolves when the server takes writes, so not before it is promoted.
    void server.start().catch(() => undefined)
    await until('the standby answers', () => ask(control.url, 'select 1').then(() => true, () => false))
    await until('it follows', async () => (await ask(primary.url, "select 1 from pg_stat_replication where sync_state = 'sync'")).length > 0)
  }
  await ask(primary.url, `alter system set synchronous_standby_names = '${NAME}'`)
  await ask(primary.url, 'select pg_reload_conf()')
  await start()
  return {
    ...control,
    start,
    promote: async () => void (await ask(control.url, 'select pg_promote()')),
    async stop() {
      await server.stop()
      folder.remove()
    },
  }
}

/** What `pg_basebackup` does, which not every distribution of PostgreSQL brings along. */
async function copyRunning(primary: RunningPostgres, databaseDir: string): Promise<void> {
  const client = new pg.Client(primary.url)
  await client.connect()
  await client.query("select pg_backup_start('standby', true)")
  const { stderr } = spawnSync('cp', ['-a', primary.databaseDir, databaseDir], { encoding: 'utf8' })
  const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop()')
  await client.end()
  const [{ labelfile } = { labelfile: '' }] = rows
  if (!labelfile) throw new Error(`the server was not copied: ${stderr}`)
  rmSync(join(databaseDir, 'postmaster.pid'))
  const { uid, gid } = statSync(databaseDir)
  for (const [name, text] of [['backup_label', labelfile], ['standby.signal', '']] as const) {
    writeFileSync(join(databaseDir, name), text)
    chownSync(join(databaseDir, name), uid, gid)
  }
  const conninfo = `host=127.0.0.1 port=${primary.port} user=${USER} password=''${PASSWORD}'' application_name=${NAME}`
  writeFileSync(join(databaseDir, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\n`)
}

async function ask(url: string, text: string): Promise<object[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<object>(text)).rows
  } finally {
    await client.end()
  }
}
