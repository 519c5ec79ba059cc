import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Command } from 'commander'
import { failureOf } from '../../src/cli/failure.ts'
import { createProgram } from '../../src/cli/program.ts'
import { TrackError } from '../../src/errors.ts'
import { createSealer } from '../../src/vault/seal.ts'
import { findServerKey } from '../../src/identity/server-key.ts'
import { openDatabase } from '../../src/store/sqlite/open-database.ts'
import { projectConfig } from '../stage/project-config.ts'
import { freePort, makeProject, runCli, startCli } from '../stage/run-cli.ts'

const COMMANDS = commandsOf(createProgram())
const project = makeProject(projectConfig())
const inProject = { cwd: project.path, env: { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}` } }
/** Nobody answers there. */
const onPostgres = projectConfig().replace('sqlite:./data/outbox.db', 'postgres://nobody:secret@127.0.0.1:1/none')
afterAll(project.remove)

/** Every command that does something, as it is typed: `events push`. */
function commandsOf(command: Command, before = ''): string[] {
  return command.commands.flatMap((each) => {
    const name = `${before}${each.name()}`
    return each.commands.length ? commandsOf(each, `${name} `) : [name]
  })
}

describe('help', () => {
  it('marks the options without which a command does nothing', async () => {
    const { stdout } = await runCli(['token', 'mint', '--help'])
    expect(stdout).toMatch(/--site <name> +site that the token is for \(required\)$[^]*"sub" claim \(required\)$/m)
    expect(stdout).not.toMatch(/--email.*required/)
  })

  it('of the program lists every command', async () => {
    const { code, stdout } = await runCli(['--help'])
    expect(code).toBe(0)
    const listed = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name)
    expect(new Set(listed)).toEqual(new Set([...COMMANDS.map((command) => command.split(' ')[0]), 'help']))
  })

  it.each(COMMANDS)('of %s shows an example of itself', async (command) => {
    const { code, stdout, stderr } = await runCli([...command.split(' '), '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/Usage: trackline /)
    expect(stdout.slice(stdout.indexOf('Example:'))).toContain(`trackline ${command}`)
    expect(stdout).toMatch(/^ {2}--json /m)
    expect(stdout).not.toContain('{}')
  })
})

describe('wrong usage ends with 2, and says what is wrong', () => {
  it.each<[string[], RegExp]>([
    [['srve'], /unknown command 'srve'[^]*Did you mean serve/],
    [['serve', '--prot', '1'], /unknown option '--prot'[^]*--help/],
    [['serve', '--port', '65536'], /--port must be a number from 0 to 65535: got '65536'/],
    [['connect'], /required option '--site <name>' not specified/],
    [['connect', '--site', 'nope'], /--site: no site 'nope' is configured: there are main/],
    [['disconnect'], /--site or --account must say what to disconnect/],
    [['disconnect', '--site', 'nope'], /--site: no site 'nope' is configured: there are main/],
    [['disconnect', '--account', '0x1'], /--account must be the number of a HubSpot account: got '0x1'/],
    [['emulator', '--token-life', '0'], /--token-life must be a number of seconds from 1 to 86400: got '0'/],
    [['token', 'mint', '--site', 'nope', '--sub', 'a'], /--site: no site 'nope'/],
    [['keys', 'generate', '--id', 'not a name'], /--id must be 1–32 letters, digits, _ or -: got 'not a name'/],
    [[], /Usage: trackline/],
  ])('%j', async (args, says) => {
    const { code, stdout, stderr } = await runCli(args, inProject)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe('keys generate', () => {
  it('prints a key that seals, under the name asked for', async () => {
    const { stdout } = await runCli(['keys', 'generate', '--id', '2026-11'])
    expect(createSealer(stdout.trim()).keyIds).toEqual(['2026-11'])
  })

  it('with --server, --scopes and --until prints the entry that says so', async () => {
    const { stdout } = await runCli(['keys', 'generate', '--server', '--scopes', 'events:write,events:read', '--until', '2027-06-30', '--json'])
    const { digest, entry }: { digest: string; entry: string } = JSON.parse(stdout)
    expect(entry).toBe(`${digest} events:write,events:read until 2027-06-30`)
    for (const wrong of [['--scopes', 'events:all'], ['--until', 'tomorrow'], ['--until', '2027-13-01']]) {
      expect(await runCli(['keys', 'generate', '--server', ...wrong])).toMatchObject({ code: 2, stderr: expect.stringMatching(/--scopes must name some of events:write/) })
    }
  })

  it('with --server prints a key and the digest that lets it in', async () => {
    const { stdout } = await runCli(['keys', 'generate', '--server', '--json'])
    const { key, digest }: { key: string; digest: string } = JSON.parse(stdout)
    expect(findServerKey([digest], key)?.digest).toBe(digest)
  })
})

describe('token mint', () => {
  it('prints a token of the person, for as long as was asked', async () => {
    const { code, stdout } = await runCli(
      ['token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'ada@example.com', '--ttl', '90s'],
      inProject,
    )
    const claims = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString())
    expect(code).toBe(0)
    expect(claims).toMatchObject({ sub: 'ada', email: 'ada@example.com', iss: 'shop', aud: 'trackline' })
    expect(claims.exp - claims.iat).toBe(90)
  })

  it('refuses an email that is none, without repeating it', async () => {
    const { code, stderr } = await runCli(['token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'lovelace'], inProject)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/email/)
    expect(stderr).not.toMatch(/lovelace/)
  })
})

describe('a configuration that cannot be used ends every command with 1', () => {
  const onePropertyMore = (property: string) => projectConfig().replace('method: oneOf', `${property} method: oneOf`)

  it.each(['audit', 'serve'])('%s, where a target refuses the definitions: nothing is left running', async (command) => {
    const reserved = makeProject(onePropertyMore("id: oneOf(['a']),").replace('portal: 62515', "portal: 62515, targets: ['timeline-v1']"))
    const { code, stderr } = await runCli([command], { ...inProject, cwd: reserved.path })
    reserved.remove()
    expect(code).toBe(1)
    expect(stderr).toMatch(/timeline-v1 has a meaning of its own for 'login\.id'/)
  })

  it('serve, where the port is in use', async () => {
    const { match, stop } = await startCli(['emulator', '--port', '0', '--json'], /"url":"http:\/\/127\.0\.0\.1:(\d+)"/)
    const ran = await runCli(['serve', '--port', match[1] ?? ''], inProject)
    await stop()
    expect(ran).toMatchObject({ code: 1, stderr: `trackline: port ${match[1]} of 127.0.0.1 is in use: stop what listens there, or name another with --port\n` })
  })

  it('dev, where HubSpot refuses an event: neither server nor emulator is left running', async () => {
    const long = makeProject(projectConfig().replace("['password', 'sso']", "['']"))
    const { code, stderr } = await runCli(['dev', '--port', String(await freePort())], { ...inProject, cwd: long.path })
    long.remove()
    expect(code).toBe(1)
    expect(stderr).toMatch(/HubSpot would not create the event template 'Logged in'/)
  })

  it('all its problems at once, and no secret', async () => {
    const broken = makeProject(
      projectConfig()
        .replace('port: 0', "port: 'x'")
        .replace("['https://app.example.com']", "['*']")
        .replace('clientId:', 'clientID:'),
    )
    const { code, stdout, stderr } = await runCli(['audit', '--json'], { cwd: broken.path })
    broken.remove()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    for (const says of [
      /port must be integer: got 'x'/,
      /keys must be set/,
      /clientID is not an option \(did you mean 'clientId'\?\)/,
      /sites.main.origins: '\*' is not an origin/,
    ])
      expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/dev-secret|thirty-two/)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it.each([
    [
      'no file',
      'other.config.ts',
      'export default {}',
      /there is no configuration file at .*trackline\.config\.ts: name one with --config/,
    ],
    ['no export', 'trackline.config.ts', 'export const config = {}', /must export its configuration/],
    ['an import that does not exist', 'trackline.config.ts', "import 'not-installed'", /not-installed/],
  ])('with %s', async (_, file, config, says) => {
    const broken = makeProject(config, file)
    const { code, stderr } = await runCli(['audit'], { cwd: broken.path })
    broken.remove()
    expect(code).toBe(1)
    expect(stderr).toMatch(says)
  })

  it.each([
    ['an import without its extension', "'./parts'", /^trackline: \/.*\/trackline\.config\.ts imports \/.*\/parts, which is not there \(did you mean '\.\/parts\.ts'\?\)\n$/],
    ['an import with that of the compiler', "'./parts.js'", /which is not there \(did you mean '\.\/parts\.ts'\?\)\n$/],
    ['a mistake in a file that it imports', "'./broken.ts'", /^trackline: \/.*\/broken\.ts:2: .+\n$/],
    ['something that the other file does not export', "'./parts.ts'", /trackline\.config\.ts:1: .* does not provide an export named 'part'\n$/],
    ['a name that is declared twice', "'./twice.ts'", /^trackline: \/.*trackline\.config\.ts, or a file that it imports: Identifier 'part' has already been declared\n$/],
    ['a package that is not installed', "'not-installed'", /trackline\.config\.ts imports the package 'not-installed', which is not installed there: install it/],
  ])('with %s: the file and the remedy are named', async (_, from, says) => {
    const broken = makeProject(`import { part } from ${from}\nexport default { part }`)
    writeFileSync(join(broken.path, 'parts.ts'), 'export const other = 1\n')
    writeFileSync(join(broken.path, 'broken.ts'), 'export const part = {\n  a: 1 b: 2 }\n')
    writeFileSync(join(broken.path, 'twice.ts'), 'export const part = 1\nconst part = 2\n')
    const ran = await runCli(['audit'], { cwd: broken.path })
    broken.remove()
    expect(ran).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(says) })
  })

  it.each(['{ "type": "commonjs" }', '{}'])('but not because its package.json is %s', async (json) => {
    const written = makeProject("import { config } from './config.ts'\nexport default config")
    writeFileSync(join(written.path, 'config.ts'), `${projectConfig().replace('export default', 'export const config: object =')}`)
    writeFileSync(join(written.path, 'package.json'), json)
    const ran = await runCli(['preview', 'login', '--json'], { ...inProject, cwd: written.path })
    written.remove()
    expect(ran).toMatchObject({ code: 0, stderr: '' })
  })

  it('which may be one for require, in a package of that type', async () => {
    const { path, remove } = makeProject("const { defineEvents } = require('@trackline/shared')\nmodule.exports = { events: defineEvents({ login: {} }) }")
    writeFileSync(join(path, 'package.json'), '{ "type": "commonjs" }')
    const ran = await runCli(['preview', 'login', '--json'], { ...inProject, cwd: path })
    remove()
    expect(ran).toMatchObject({ code: 0, stderr: '' })
  })

  it('reads .env beside it, and the environment goes before it', async () => {
    const other = makeProject(projectConfig())
    openDatabase(join(other.path, 'data', 'outbox.db')).close()
    writeFileSync(`${other.path}/.env`, `TRACKLINE_KEYS=k1:${Buffer.alloc(32).toString('base64')}\n`)
    const [fromFile, fromEnvironment] = await Promise.all([
      runCli(['session', 'list'], { cwd: other.path }),
      runCli(['session', 'list'], { cwd: other.path, env: { TRACKLINE_KEYS: 'k1:broken' } }),
    ])
    other.remove()
    expect([fromFile.code, fromEnvironment.code]).toEqual([0, 1])
    expect(fromEnvironment.stderr).toMatch(/the key 'k1' must be the base64 of 32 bytes/)
  })
})

describe('an outbox that cannot be used ends every command with 1', () => {
  const openProject = (config: string) => {
    const { path, remove } = makeProject(config)
    onTestFinished(remove)
    return { path, run: (...args: string[]) => runCli(args, { ...inProject, cwd: path }) }
  }

  it.each(['audit', 'explain one', 'outbox list', 'outbox discard --all --yes', 'outbox vacuum', 'keys verify', 'keys rotate-receipt-key', 'connect --site main'])('%s: one that is not there is not made', async (command) => {
    const { path, run } = openProject(projectConfig())
    const { code, stdout, stderr } = await run(...command.split(' '))
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^trackline: there is no outbox at \/.*\/data\/outbox\.db yet: "trackline serve" makes it; /) })
    expect(existsSync(join(path, 'data'))).toBe(false)
  })

  it.each<[string, (path: string) => void, RegExp]>([
    ['a folder', mkdirSync, /unable to open database file: see that this user may write it\n$/],
    ['another file', (path) => writeFileSync(path, 'not a database '.repeat(100)), /file is not a database: name another path in "store"\n$/],
  ])('%s in its place: the file is named, why, and what to do', async (_, put, says) => {
    const { path, run } = openProject(projectConfig().replace('./data/', './'))
    put(join(path, 'outbox.db'))
    for (const command of ['audit', 'serve']) {
      const { code, stdout, stderr } = await run(command)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^trackline: the outbox \/.*\/outbox\.db cannot be used: /)
      expect(stderr).toMatch(says)
    }
  })

  it('PostgreSQL that does not answer: the reason comes once', async () => {
    const { run } = openProject(onPostgres)
    expect(await run('audit')).toEqual({ code: 1, stdout: '', stderr: 'trackline: the outbox cannot be opened: connect ECONNREFUSED 127.0.0.1:1\n' })
  })

  it.each(['database or disk is full', 'ENOSPC: no space left on device, write'])('%s: room is to be made', (cause) => {
    const error = new TrackError('OUTBOX_UNAVAILABLE', undefined, { cause: `Error: ${cause}`, file: '/data/outbox.db' })
    expect(failureOf(error)).toBe(`the outbox /data/outbox.db cannot be used: ${cause}: free some space on its disk`)
  })
})

it('outbox vacuum --full is refused on PostgreSQL, which does that by a command of its own', async () => {
  const { path, remove } = makeProject(onPostgres)
  const { code, stderr } = await runCli(['outbox', 'vacuum', '--full'], { ...inProject, cwd: path })
  remove()
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/--full is for a SQLite file: on PostgreSQL, VACUUM FULL/) })
})

it('the emulator says what its one app is called', async () => {
  const { match, stop } = await startCli(['emulator', '--port', '0'], /^HubSpot emulator listens on \S+\n([^]*\.)$/m)
  await stop()
  for (const credential of ['1', 'trackline-dev', 'trackline-dev-secret', 'trackline-dev-key']) expect(match[1]).toContain(credential)
})

it('a command that goes on says where it listens as JSON, when it is asked to', async () => {
  const { match, stop } = await startCli(['emulator', '--port', '0', '--json'], /^(\{.*\})$/m)
  const { url }: { url: string } = JSON.parse(match[1] ?? '')
  const answer = await fetch(`${url}/_emulator/limits`)
  await stop()
  expect(answer.status).toBe(200)
})
