import { chownSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { runPostgres } from '../packages/proxy/test/stage/run-postgres.ts'
import { openSmallDisk } from './stage/disk/small-disk.ts'
import { openStage } from './stage/open-stage.ts'
import { sendThrough } from './stage/outage.ts'
import type { Trouble } from './stage/outage.ts'

type Postgres = Awaited<ReturnType<typeof runPostgres>>

async function startServer(): Promise<Postgres> {
  const server = await runPostgres()
  onTestFinished(server.stop)
  return server
}

/** A service on this server, sent events through its trouble: whatever was accepted must be delivered, once. */
async function survive({ url }: Postgres, trouble: Trouble): Promise<void> {
  const stage = await openStage({ env: { DATABASE_URL: url } })
  onTestFinished(stage.close)
  const { ledger, found: { audit, ...found } } = await sendThrough(stage, [trouble])
  process.stdout.write(`${trouble.what}: ${found.accepted} events accepted, ${found.delivered} at HubSpot\n`)
  expect(found).toMatchObject({ delivered: ledger.accepted.size, missing: [], strange: [], twice: [], strangers: 0 })
  expect(audit).toMatchObject({ queued: 0, dead: 0, delivered: ledger.accepted.size })
}

it('PostgreSQL that is killed: events are refused until it runs again, and none that was accepted is lost', async () => {
  const server = await startServer()
  await survive(server, { what: 'PostgreSQL killed', begin: server.kill, end: server.start })
})

it('PostgreSQL whose disk is full: events are refused until there is room again, and none that was accepted is lost', async ({ skip }) => {
  const disk = openSmallDisk()
  if (typeof disk === 'string') return skip(`a small file system cannot be mounted here: ${disk}`)
  onTestFinished(disk.remove)
  const server = await startServer()
  await keepTablesOn(server, join(disk.storeFile, '..', 'tables'))
  await survive(server, { what: 'PostgreSQL on a full disk', begin: disk.fill, end: disk.clear })
})

/** New tables lie in this folder; the journal stays where it is. */
async function keepTablesOn({ url, databaseDir }: Postgres, folder: string): Promise<void> {
  const { uid, gid } = statSync(databaseDir)
  mkdirSync(folder)
  chownSync(folder, uid, gid)
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`create tablespace small location '${folder}'`)
  await client.query('alter role current_user set default_tablespace = small')
  await client.end()
}
