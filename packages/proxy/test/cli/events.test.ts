import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { installUrl } from '../../src/cli/connect.ts'
import { loadConfig } from '../../src/cli/load-config.ts'
import { startServer } from '../../src/server.ts'
import { realWorld } from '../../src/world.ts'
import { projectConfig } from '../stage/project-config.ts'
import { freePort, makeProject, runCli } from '../stage/run-cli.ts'
import { visitAsBrowser } from '../stage/visit-as-browser.ts'

const KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}`

/** A project beside an emulator of its own, whose account is connected; `change` edits the configuration first. */
async function openProject(change?: (config: string) => string) {
  const project = await makeOne(change)
  await connect(join(project.path, 'trackline.config.ts'))
  return project
}

/** The same before anybody has connected the account: it has no outbox. */
async function makeOne(change: (config: string) => string = (config) => config) {
  const emulator = await startEmulator({ autoConsent: true })
  onTestFinished(emulator.close)
  const project = makeProject(change(projectConfig({ emulatorUrl: emulator.url, port: await freePort() })))
  onTestFinished(project.remove)
  const options = { cwd: project.path, env: { TRACKLINE_KEYS: KEYS } }
  return { path: project.path, emulator, run: (...args: string[]) => runCli(args, options) }
}

/** As an administrator does, in this process. */
async function connect(file: string, site = 'main'): Promise<void> {
  process.env.TRACKLINE_KEYS = KEYS
  const server = await startServer(await loadConfig(file), realWorld({ logLevel: 'silent' }))
  const answer = await visitAsBrowser(await installUrl(server.parts, site))
  await server.stop()
  expect(answer.status).toBe(200)
}

function replaced(config: string, from: string, to: string): string {
  expect(config).toContain(from)
  return config.replace(from, to)
}

const withTargets = (targets: string) => (config: string) => config.replace('portal: 62515', `portal: 62515, targets: [${targets}]`)

describe('events push, for every target at once', () => {
  it('brings HubSpot up to date; the second plan is empty', async () => {
    const everything = withTargets("'timeline-v1', 'timeline-v3', 'app-events', 'custom-events', 'contact-properties'")
    const { path, run } = await openProject(everything)
    const push = ['events', 'push', '--yes', '--out', 'src/app/app-events']
    const first = await run(...push)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout.match(/^done: .*$/gm)).toEqual([
      "done: create the event template 'Logged in'",
      "done: create the event type 'Logged in'",
      'done: write the file login-hsmeta.json',
      "done: create the custom event 'login'",
      "done: create the contact property 'last_login' in account 62515",
    ])
    expect(readdirSync(join(path, 'src/app/app-events'))).toEqual(['login-hsmeta.json'])
    const second = await run(...push)
    expect(second).toEqual({ code: 0, stdout: 'Nothing to do: HubSpot has everything.\n', stderr: '' })
    expect((await run('events', 'diff', '--exit-code', '--out', 'src/app/app-events')).code).toBe(0)
  })

  it('manages templates with the grant of an account, where the app has no developer key', async () => {
    const byOAuth = (config: string) => config.replace("developerKey: 'trackline-dev-key'", "templateAccess: 'oauth'")
    const { run, emulator } = await openProject(byOAuth)
    expect(await run('events', 'push', '--yes')).toMatchObject({ code: 0, stderr: '' })
    expect((await run('events', 'push', '--yes')).stdout).toBe('Nothing to do: HubSpot has everything.\n')
    const requests = await (await fetch(`${emulator.url}/_emulator/requests`)).text()
    expect(requests).toMatch(/event-templates/)
  })
})

describe('the outbox', () => {
  const elsewhere = (config: string) => replaced(config, "'sqlite:./data/outbox.db'", "'postgres://nobody@127.0.0.1:1/none'")
  const setsNothing = (config: string) => replaced(config, ", contactProperty: 'last_login'", '')

  it('need not be reached by who has a developer key, where nothing asks for a grant', async () => {
    const { run } = await makeOne((config) => elsewhere(setsNothing(config)))
    expect(await run('events', 'push', '--yes')).toEqual({ code: 0, stdout: expect.stringContaining("done: create the event template 'Logged in'"), stderr: '' })
  })

  it('that cannot be reached, and is needed, is an error: nothing is pushed', async () => {
    const { run } = await makeOne(elsewhere)
    expect(await run('events', 'push', '--yes')).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^trackline: .*127\.0\.0\.1:1/) })
  })

  it('that is not there yet is told, and not made: its path may be mistyped', async () => {
    const { path, run } = await makeOne()
    const says = `account 62515 was not looked at: the HubSpot account is not connected: run "trackline connect" (there is no outbox at ${join(path, 'data/outbox.db')} yet: `
    expect(await run('events', 'diff')).toEqual({ code: 0, stdout: expect.stringContaining(says), stderr: '' })
    expect(existsSync(join(path, 'data'))).toBe(false)
  })
})

describe('events push, with what the service would not start with', () => {
  const twice = (config: string) => replaced(config, 'events: defineEvents({', "events: defineEvents({ signup: { label: 'Logged in' },")

  it.each<[string, (config: string) => string, RegExp]>([
    ['two events of one label', twice, /HubSpot would have one for 'signup' and 'login'/],
    ['a key that is none', (config) => replaced(config, 'process.env.TRACKLINE_KEYS', "'garbage'"), /a key has no usable name before the colon/],
  ])('%s: says so, and changes nothing', async (_, change, reason) => {
    const { run } = await makeOne(change)
    expect(await run('events', 'push', '--yes')).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(reason) })
  })
})

describe('events diff', () => {
  it('shows what would be created, changed and deleted, without colours where there is no terminal', async () => {
    const { path, run } = await openProject()
    await run('events', 'push', '--yes')
    const file = join(path, 'trackline.config.ts')
    const changed = readFileSync(file, 'utf8').replace("label: 'Logged in',", "label: 'Logged in', header: 'By {{device}}',").replace("method: oneOf(['password', 'sso'])", "device: oneOf(['phone'], { label: 'Device' })")
    writeFileSync(file, changed)
    const { code, stdout } = await run('events', 'diff', '--delete', '--exit-code')
    expect(code).toBe(1)
    expect(stdout).toBe(`event templates of app 1 (timeline-v3)
  ~ update the texts of the event template 'Logged in'
      - header: Logged in
      + header: By {{device}}
  + add the token 'device' to 'Logged in'
      + device ('Device'): enumeration of phone
  - delete the token 'method' of 'Logged in'

Plan: 1 to create, 1 to change, 1 to delete.
`)
  })

  it('ends with 0 when something would be changed, unless --exit-code asks for 1', async () => {
    const { run } = await openProject()
    expect([(await run('events', 'diff')).code, (await run('events', 'diff', '--exit-code')).code]).toEqual([0, 1])
  })

  it('ends with 1 under --exit-code where an account could not be looked at, and does not say that HubSpot has everything', async () => {
    const { run } = await makeOne(withTargets("'contact-properties'"))
    const [plain, asked] = [await run('events', 'diff'), await run('events', 'diff', '--exit-code')]
    expect([plain.code, asked.code]).toEqual([0, 1])
    expect(asked.stdout).toMatch(/^Nothing to do in what could be looked at: the rest is noted below\.\n\nnote: account 62515 was not looked at/)
  })

  it('a problem ends it with 1, and push then changes nothing', async () => {
    const { path, run } = await openProject()
    await run('events', 'push', '--yes')
    const file = join(path, 'trackline.config.ts')
    writeFileSync(file, readFileSync(file, 'utf8').replace("method: oneOf(['password', 'sso'])", 'method: date()').replace("label: 'Logged in',", "label: 'Logged in', header: 'New',"))
    const diff = await run('events', 'diff')
    expect(diff.code).toBe(1)
    expect(diff.stdout).toMatch(/problem: HubSpot keeps 'method' of 'Logged in' as enumeration and cannot change it to date/)
    const push = await run('events', 'push', '--yes')
    expect(push).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was changed') })
    expect(push.stdout).not.toMatch(/^done:/m)
  })

  it('says which accounts and files it did not look at', async () => {
    const { run } = await openProject((config) => withTargets("'timeline-v3', 'app-events'")(config))
    const { stdout } = await run('events', 'diff')
    expect(stdout).toMatch(/note: the app events were not compared: name the folder of their files, such as --out src\/app\/app-events/)
  })
})

it('a push that fails half way says how far it came, and the next goes on from there', async () => {
  const { run, emulator } = await openProject()
  const fault = JSON.stringify({ next: 1, status: 500, path: '/crm/v3/properties/contacts/groups' })
  await fetch(`${emulator.url}/_emulator/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: fault })
  const failed = await run('events', 'push', '--yes')
  expect(failed.code).toBe(1)
  expect(failed.stderr).toMatch(/1 of 2 changes were made; contact properties of account 62515: HubSpot would not create the property group: .*Mend it and run this again/)
  expect((await run('events', 'push', '--yes')).stdout.match(/^done: .*$/gm)).toEqual(["done: create the contact property 'last_login' in account 62515"])
})

describe('of two accounts of which HubSpot refuses one', () => {
  const second = "}, other: { origins: ['https://other.example.com'], portal: 62516, session: sharedSecret({ secret: 'another secret of at least thirty-two bytes', issuer: 'other', audience: 'trackline' }) },\n  },\n  events:"
  const two = (config: string) => replaced(config, '},\n  },\n  events:', second)

  it('the other is brought up to date, and the refusal is told with the account', async () => {
    const { path, run, emulator } = await openProject(two)
    await connect(join(path, 'trackline.config.ts'), 'other')
    await run('events', 'push', '--yes', '--site', 'main')
    /** Of the listings that come next, the first is that of the first account. */
    const refuse = () => fetch(`${emulator.url}/_emulator/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ next: 1, status: 403, path: '/crm/v3/properties/contacts' }) })
    await refuse()
    const push = await run('events', 'push', '--yes')
    expect(push.code).toBe(1)
    expect(push.stdout).toMatch(/failed: account 62515: HubSpot would not .*\n/)
    expect(push.stdout.match(/^done: .*$/gm)).toEqual(["done: create the contact property 'last_login' in account 62516"])
    await refuse()
    const diff = await run('events', 'diff', '--json')
    expect({ code: diff.code, ...JSON.parse(diff.stdout) }).toMatchObject({ code: 1, steps: [], problems: [], failures: [expect.stringMatching(/^account 62515: /)] })
    expect((await run('events', 'diff', '--site', 'other')).code).toBe(0)
  })
})
