import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startEmulator } from '@trackline/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.ts'
import { until } from '../stage/until.ts'
import { projectConfig } from '../stage/project-config.ts'
import { freePort, makeProject, runCli, startCli } from '../stage/run-cli.ts'
import { visitAsBrowser } from '../stage/visit-as-browser.ts'

const KEYS = { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` }
const emulator = await startEmulator({ autoConsent: true })
const port = await freePort()
const project = makeProject(projectConfig({ emulatorUrl: emulator.url, port }))
const options = { cwd: project.path, env: { ...KEYS } }
const url = `http://127.0.0.1:${port}`

let service: Awaited<ReturnType<typeof startCli>>
beforeAll(async () => {
  service = await startCli(['serve'], /^trackline listens on (\S+)$/m, options)
}, 60_000)
afterAll(async () => {
  await service.stop('SIGKILL')
  await emulator.close()
  project.remove()
})

async function track(): Promise<number> {
  const { stdout } = await runCli(['token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'ada@example.com'], options)
  const headers = { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' }
  return (
    await fetch(`${url}/v1/track`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ event: 'login', properties: { method: 'sso' } }),
    })
  ).status
}

async function timeline(): Promise<unknown[]> {
  return JSON.parse(await (await fetch(`${emulator.url}/_emulator/events?email=ada@example.com`)).text())
}

/** An operator's day, in order: each test goes on where the one before ended. */
describe('an operator', () => {
  it('starts the service, which says where it listens once it does', async () => {
    expect(service.match[1]).toBe(url)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('reads in the first line of the log which process that is: its version, role, store, sites and targets', async () => {
    const first = await until('a line is written', () => /^\{.*\}$/m.exec(service.stdout())?.[0])
    expect(JSON.parse(first)).toMatchObject({
      ...{ msg: 'service.starting', version: VERSION, role: 'all', store: `sqlite:${join(project.path, 'data', 'outbox.db')}` },
      sites: [{ name: 'main', portalId: 62515, targets: ['timeline-v3'] }],
    })
  })

  it('is told what HubSpot lacks, and that the account is not connected', async () => {
    const { code, stdout } = await runCli(['events', 'diff', '--json'], options)
    expect({ code, found: JSON.parse(stdout) }).toEqual({
      code: 0,
      found: {
        steps: [
          {
            change: 'create',
            place: 'event templates of app 1 (timeline-v3)',
            says: "create the event template 'Logged in'",
            lines: ['header: Logged in', 'token method: enumeration of password, sso', 'token lastLogin: date, sets the contact property last_login'].map(
              (text) => ({ change: 'create', text }),
            ),
          },
        ],
        problems: [],
        notes: [expect.stringMatching(/^account 62515 was not looked at: the HubSpot account is not connected: run "trackline connect"$/)],
      },
    })
  })

  it('connects the account with a link that works once', async () => {
    const { stdout } = await runCli(['connect', '--site', 'main', '--json'], options)
    const link: { url: string } = JSON.parse(stdout)
    expect(link.url).toMatch(new RegExp(`^${url}/oauth/install\\?site=main&link=[\\w-]{43}$`))
    expect(await (await visitAsBrowser(link.url)).text()).toMatch(/Your HubSpot account is connected/)
    expect((await visitAsBrowser(link.url)).status).toBe(400)
  })

  it('is not asked where there is nobody to ask: without --yes nothing is changed', async () => {
    const { code, stderr } = await runCli(['events', 'push'], options)
    expect(code).toBe(2)
    expect(stderr).toMatch(/--yes must be given/)
  })

  it('pushes what HubSpot lacks; the second push finds nothing to do', async () => {
    const first = await runCli(['events', 'push', '--yes'], options)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(
      /done: create the event template 'Logged in'\ndone: create the contact property 'last_login' in account 62515\n$/,
    )
    expect((await runCli(['events', 'push', '--yes'], options)).stdout).toBe('Nothing to do: HubSpot has everything.\n')
  })

  it('sees an event delivered and accounted for, while the service runs', async () => {
    expect(await track()).toBe(202)
    await until('it is on the timeline', async () => (await timeline()).length === 1)
    const audit = await until('it is settled', async () => {
      const { code, stdout } = await runCli(['audit', '--json'], options)
      expect(code).toBe(0)
      const counts: Record<string, number> = JSON.parse(stdout)
      return counts.delivered === 1 && counts
    })
    expect(audit).toEqual({ received: 1, duplicate: 0, rejected: 0, queued: 0, needsIdentity: 0, delivered: 1, dead: 0 })
  })

  it('rotates the keys while the service runs, sees that nothing needs the old one, and restarts without it', async () => {
    const k2 = `k2:${Buffer.alloc(32, 9).toString('base64')}`
    const both = { ...options, env: { TRACKLINE_KEYS: `${k2},${KEYS.TRACKLINE_KEYS}` } }
    const rotated = await runCli(['keys', 'rotate', '--json'], both)
    expect({ code: rotated.code, report: JSON.parse(rotated.stdout) }).toEqual({ code: 0, report: { resealed: 1, records: 1, byKey: { k2: 1 }, unreadable: [] } })
    expect((await runCli(['keys', 'verify'], both)).stdout).toMatch(/^1 sealed record\n {2}k2: 1\nnothing is sealed with k1:/)
    expect(await service.stop('SIGTERM')).toBe(0)
    // The service that still has the old key alone refuses to start: it could deliver nothing.
    const refused = await runCli(['serve'], options)
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/no configured key opens the connection of 1 HubSpot account:\n {2}account 62515: .*'k2'/)
    expect((await runCli(['keys', 'verify'], options)).code).toBe(1)
    Object.assign(options.env, { TRACKLINE_KEYS: k2 })
    service = await startCli(['serve'], /^trackline listens on (\S+)$/m, options)
    expect(await track()).toBe(202)
    await until('it is on the timeline', async () => (await timeline()).length === 2)
  })

  it('disconnects the account: HubSpot has uninstalled the app, events are accepted and wait until there is a new link', async () => {
    expect(await runCli(['disconnect', '--site', 'main', '--revoke'], options)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/--yes must be given/) })
    const { code, stdout } = await runCli(['disconnect', '--site', 'main', '--revoke', '--yes', '--json'], options)
    expect({ code, done: JSON.parse(stdout) }).toEqual({
      code: 0,
      done: { account: 62515, wasConnected: true, isUninstalled: true, isRevoked: true, problems: [] },
    })
    expect(await track()).toBe(202)
    expect(await timeline()).toHaveLength(2)
    expect((await runCli(['disconnect', '--account', '62515'], options)).stdout).toBe('The HubSpot account 62515 was not connected.\n')
    const { stdout: printed } = await runCli(['connect', '--site', 'main', '--json'], options)
    await visitAsBrowser(JSON.parse(printed).url)
    await until('what waited is on the timeline', async () => (await timeline()).length === 3)
  })

  it('ends the service with SIGTERM: it exits with 0, has given its leases back, and has lost nothing', async () => {
    expect(await track()).toBe(202)
    expect(await service.stop('SIGTERM')).toBe(0)
    const database = new DatabaseSync(join(project.path, 'data', 'outbox.db'), { readOnly: true })
    const [accounts, rows] = [
      database.prepare('select lease_until from accounts').all(),
      database.prepare("select count(*) as rows from outbox where state in ('due', 'delivered')").get(),
    ]
    database.close()
    expect(accounts).toEqual([{ lease_until: 0 }])
    expect(rows).toEqual({ rows: 4 })
  })

  it('sees an audit that is not exact end with 1', async () => {
    const database = new DatabaseSync(join(project.path, 'data', 'outbox.db'))
    database.exec('update tallies set received = received + 1')
    database.close()
    const { code, stdout } = await runCli(['audit'], options)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^received +5$/m)
  })
})
