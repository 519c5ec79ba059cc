import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'
import { startPostgres } from '../stage/start-postgres.ts'

const { url } = await startPostgres()
const project = makeProject(projectConfig().replace("'sqlite:./data/outbox.db'", 'process.env.DATABASE_URL'))
const client = new pg.Client(url)
await client.connect()
afterAll(async () => {
  await client.end()
  project.remove()
})
const urlOf = (schema: string) => `${url}${url.includes('?') ? '&' : '?'}schema=${schema}`
const run = (command: string, schema: string) => {
  const env = { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`, DATABASE_URL: urlOf(schema) }
  return runCli(command.split(' '), { cwd: project.path, env })
}
const schemasOf = async (name: string) => (await client.query('select 1 from pg_namespace where nspname = $1', [name])).rowCount

/** The counterpart of a file that is not there: a mistyped database must not look like an outbox that is empty. */
describe('a database without an outbox', () => {
  const commands = ['audit', 'explain one', 'outbox list', 'outbox vacuum', 'keys verify', 'connect --site main', 'session list', 'privacy export --site main --user-id ada']
  it.each(commands)('gets none from %s', async (command) => {
    const schema = `none_${createHash('sha256').update(command).digest('hex').slice(0, 8)}`
    const { code, stdout, stderr } = await run(command, schema)
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(new RegExp(`^trackline: there is no outbox in the schema "${schema}" of postgres.* yet: "trackline serve" makes it; `)) })
    expect(stderr).not.toContain(new URL(url).password || 'a password')
    expect(await schemasOf(schema)).toBe(0)
  })

  it('is told by the doctor, and makes none', async () => {
    expect((await run('doctor', 'none_doctor')).stdout).toContain('there is no outbox in the schema "none_doctor" of postgres')
    expect(await schemasOf('none_doctor')).toBe(0)
  })

  it('has one once somebody has opened it', async () => {
    await (await openPostgresStore(urlOf('there'), {})).close()
    expect(await run('outbox list', 'there')).toMatchObject({ code: 0, stdout: 'there are no dead letters\n' })
  })
})
