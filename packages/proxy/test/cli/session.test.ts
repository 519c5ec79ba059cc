import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/sqlite/open-database.ts'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'

const project = makeProject(projectConfig())
const options = { cwd: project.path, env: { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` } }
afterAll(project.remove)

it('a deny list where there is no outbox is refused, and none is made: nobody would read it', async () => {
  for (const command of [['session', 'deny', '--sub', 'ada'], ['disconnect', '--site', 'main']]) {
    expect(await runCli(command, options)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/there is no outbox at .*outbox\.db yet/) })
  }
})

const listed = async () => JSON.parse((await runCli(['session', 'list', '--json'], options)).stdout).denials

describe('the deny list, by commands', () => {
  it('is empty, filled, shown, and taken back', async () => {
    openDatabase(join(project.path, 'data', 'outbox.db')).close()
    expect((await runCli(['session', 'list'], options)).stdout).toBe('Nobody is denied.\n')
    expect(await runCli(['session', 'deny', '--sub', 'ada', '--site', 'main'], options)).toMatchObject({ code: 0, stdout: 'denied, within a second everywhere: sub ada, site main\n' })
    expect((await runCli(['session', 'deny', '--jti', 't1', '--for', '12h', '--json'], options)).code).toBe(0)
    const until = expect.stringMatching(/^\d{4}-.*Z$/)
    expect(await listed()).toEqual([{ sub: 'ada', site: 'main' }, { jti: 't1', until }])
    expect((await runCli(['session', 'allow', '--sub', 'ada', '--site', 'main'], options)).code).toBe(0)
    expect(await listed()).toEqual([{ jti: 't1', until }])
  }, 60_000)

  it.each<[string, string[], number, RegExp]>([
    ['nobody', ['deny'], 2, /--sub, --sid or --jti must say whom/],
    ['two', ['deny', '--sub', 'a', '--jti', 'b'], 2, /exactly one/],
    ['a site that is not there', ['deny', '--sub', 'a', '--site', 'mian'], 2, /--site: no site 'mian' is configured: there are main/],
    ['a time that is none', ['deny', '--sub', 'a', '--for', 'ever'], 2, /--for must be a duration such as 30m, 12h or 7d: got 'ever'/],
    ['an entry to allow that is not there', ['allow', '--sub', 'a'], 1, /there is no such entry: sub a/],
  ])('that name %s are refused with what to do', async (_, args, code, says) => {
    const ran = await runCli(['session', ...args], options)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    expect(ran.stderr).toMatch(says)
  })
})
