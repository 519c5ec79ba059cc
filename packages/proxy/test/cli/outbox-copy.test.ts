import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { planDerivations } from '../../src/outbox/derive.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { anEvent } from '../store/behaviour/store-stage.ts'

const { url } = await startPostgres()
const project = makeProject(projectConfig().replace("'sqlite:./data/outbox.db'", 'process.env.DATABASE_URL'))
afterAll(project.remove)
const env = { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`, DATABASE_URL: `${url}${url.includes('?') ? '&' : '?'}schema=copied` }
const run = (...args: string[]) => runCli(args, { cwd: project.path, env })

it('an outbox moves from SQLite to PostgreSQL with one command, once, and is accounted for there', async () => {
  const store = await openSqliteStore(join(project.path, 'data', 'outbox.db'), planDerivations({ login: {} }))
  await store.enqueue([anEvent(), anEvent({ messageId: 'm2' })])
  await store.close()
  const { code, stdout, stderr } = await run('outbox', 'copy', './data/outbox.db')
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: expect.stringMatching(/^copied into postgres.*: 2 rows of events, 0 moments, 0 emails, 0 connections\. "trackline audit --recount" compares the counts\n$/), stderr: '' })
  expect(JSON.parse((await run('audit', '--recount', '--json')).stdout)).toMatchObject({ received: 2, queued: 2 })
  expect(await run('outbox', 'copy', './data/outbox.db')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('the database has an outbox that holds something already') })
  expect(await run('outbox', 'copy', './data/none.db')).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no outbox at ') })
})

it('it is refused where the configuration names no PostgreSQL', async () => {
  const other = makeProject(projectConfig())
  const refused = await runCli(['outbox', 'copy', './data/outbox.db'], { cwd: other.path, env })
  other.remove()
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('"store" must name the PostgreSQL database') })
})
