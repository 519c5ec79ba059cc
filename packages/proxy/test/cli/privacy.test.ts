import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { projectConfig } from '../stage/project-config.ts'
import { freePort, makeProject, runCli, startCli } from '../stage/run-cli.ts'
import type { Ran } from '../stage/run-cli.ts'
import { until } from '../stage/until.ts'
import { visitAsBrowser } from '../stage/visit-as-browser.ts'

const emulator = await startEmulator({ autoConsent: true })
const port = await freePort()
const project = makeProject(projectConfig({ emulatorUrl: emulator.url, port }))
const options = { cwd: project.path, env: { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` } }
const cli = (...args: string[]): Promise<Ran> => runCli(args, options)

let service: Awaited<ReturnType<typeof startCli>>
beforeAll(async () => {
  service = await startCli(['serve', '--log-level', 'silent'], /^trackline listens on (\S+)$/m, options)
  await visitAsBrowser(JSON.parse((await cli('connect', '--site', 'main', '--json')).stdout).url)
  await cli('events', 'push', '--yes')
  for (const [sub, messageId] of [['ada', 'one'], ['ada', 'two'], ['bob', 'three']] as const) await track(sub, messageId)
}, 120_000)
afterAll(async () => {
  await service.stop('SIGKILL')
  await emulator.close()
  project.remove()
})

async function track(sub: string, messageId: string): Promise<void> {
  const { stdout } = await cli('token', 'mint', '--site', 'main', '--sub', sub, '--email', `${sub}@marker.example`, '--ttl', '10m')
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${stdout.trim()}` }
  const event = { event: 'login', messageId, properties: { method: 'sso' } }
  expect((await fetch(`http://127.0.0.1:${port}/v1/track`, { method: 'POST', headers, body: JSON.stringify(event) })).status).toBe(202)
  const state = async () => JSON.parse(await (await fetch(`http://127.0.0.1:${port}/v1/events/${messageId}?wait=10s`, { headers })).text()).state
  await until(`${messageId} is delivered`, async () => (await state()) === 'delivered')
}

/** In order: each test goes on where the one before ended, beside a service that runs. */
describe('what is stored of a person', () => {
  it('is told to them: events with their properties and what became of them, and the history', async () => {
    const { code, stdout } = await cli('privacy', 'export', '--site', 'main', '--email', 'ADA@marker.example')
    expect(code).toBe(0)
    const told = JSON.parse(stdout)
    const target = { target: 'timeline-v3', account: 62515, state: 'delivered', settledAt: expect.any(String) }
    expect(told).toMatchObject({ site: 'main', userIds: ['ada'], contactWrites: [], denied: [] })
    expect(told.events).toMatchObject([
      { messageId: 'one', userId: 'ada', event: 'login', email: 'ada@marker.example', properties: { method: 'sso' }, targets: [target] },
      { messageId: 'two', userId: 'ada', properties: { method: 'sso', lastLogin: expect.any(Number) }, targets: [target] },
    ])
    expect(told.remembered).toMatchObject([{ userId: 'ada', moments: [{ account: 62515, event: 'login', count: 2, firstAt: expect.stringMatching(/^\d{4}-.*Z$/) }] }])
    expect(stdout).not.toContain('bob')
    expect((await cli('privacy', 'export', '--site', 'main', '--user-id', 'ada', '--json')).stdout.trim().split('\n')).toHaveLength(1)
  })

  it('is not erased unless somebody says so', async () => {
    expect(await cli('privacy', 'erase', '--site', 'main', '--user-id', 'ada')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/events 2 [^]*user ids: ada[^]*--yes must be given where there is nobody to ask/) })
    expect(JSON.parse((await cli('privacy', 'export', '--site', 'main', '--user-id', 'ada')).stdout).events).toHaveLength(2)
  })

  it('is erased for good, from the file too, while everything stays accounted for', async () => {
    await cli('session', 'deny', '--sub', 'ada')
    const { code, stdout, stderr } = await cli('privacy', 'erase', '--site', 'main', '--email', 'ada@marker.example', '--yes')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'erased: events 2 (each once for each of its targets), remembered emails 0, moments of the history 1, notes of writes to the contact 0\n' })
    expect(stderr).toContain('the deny list names them once, and goes on doing so')
    expect(JSON.parse((await cli('audit', '--recount', '--json')).stdout)).toMatchObject({ received: 3, delivered: 3, dead: 0 })
    const again = await cli('privacy', 'erase', '--site', 'main', '--user-id', 'ada', '--yes', '--json')
    expect(JSON.parse(again.stdout)).toEqual({ erased: { events: 0, emails: 0, moments: 0, contactWrites: 0 }, beingSent: 0 })
    expect(JSON.parse((await cli('privacy', 'export', '--site', 'main', '--user-id', 'bob')).stdout).events).toHaveLength(1)
    await service.stop('SIGTERM')
    const file = readFileSync(join(project.path, 'data', 'outbox.db'), 'latin1')
    expect(['bob', 'ada'].map((name) => file.includes(`${name}@marker.example`))).toEqual([true, false])
  })

  it.each([
    [['--site', 'main'], '--user-id or --email must say whose data is meant'],
    [['--site', 'main', '--email', 'ada'], '--email must be an address'],
    [['--site', 'nowhere', '--user-id', 'ada'], "no site 'nowhere' is configured"],
    [['--user-id', 'ada'], '--site'],
  ])('is not looked for with %j', async (args, says) => {
    expect(await cli('privacy', 'export', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
  })
})
