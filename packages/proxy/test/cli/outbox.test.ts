import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
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
const url = `http://127.0.0.1:${port}`
const cli = (...args: string[]): Promise<Ran> => runCli(args, options)

let service: Awaited<ReturnType<typeof startCli>>
let authorization = ''
beforeAll(async () => {
  service = await startCli(['serve', '--log-level', 'silent'], /^trackline listens on (\S+)$/m, options)
  const [connect, mint] = await Promise.all([
    cli('connect', '--site', 'main', '--json'),
    cli('token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'ada@example.com', '--ttl', '10m'),
  ])
  authorization = `Bearer ${mint.stdout.trim()}`
  await visitAsBrowser(JSON.parse(connect.stdout).url)
  await cli('events', 'push', '--yes')
}, 120_000)
afterAll(async () => {
  await service.stop('SIGKILL')
  await emulator.close()
  project.remove()
})

const post = (address: string, body: object, headers = {}) =>
  fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

async function stateOf(messageId: string): Promise<string> {
  const answer: { state: string } = JSON.parse(await (await fetch(`${url}/v1/events/${messageId}`, { headers: { authorization } })).text())
  return answer.state
}

/** HubSpot refuses the event: it becomes a dead letter. */
async function trackRefused(messageId: string): Promise<void> {
  await post(`${emulator.url}/_emulator/faults`, { next: 1, status: 400 })
  await post(`${url}/v1/track`, { event: 'login', messageId, properties: { method: 'sso' } }, { authorization })
  await until(`${messageId} is dead`, async () => (await stateOf(messageId)) === 'dead')
}

async function counts(): Promise<Record<string, number>> {
  return JSON.parse((await cli('audit', '--recount', '--json')).stdout)
}

/** An operator's work beside a running service, in order: each test goes on where the one before ended. */
describe('dead letters', () => {
  it('are listed with their reason, and name nobody', async () => {
    for (const messageId of ['one', 'two', 'three']) await trackRefused(messageId)
    const { code, stdout } = await cli('outbox', 'list', '--limit', '2', '--json')
    expect(code).toBe(0)
    const { rows, next }: { rows: Record<string, unknown>[]; next: string } = JSON.parse(stdout)
    expect(rows.map((row) => row.messageId)).toEqual(['one', 'two'])
    expect(rows[0]).toMatchObject({ state: 'dead', code: 'HUBSPOT_REJECTED_EVENT', attempts: 1, site: 'main', account: 62515, eventId: expect.stringMatching(/^[\w-]{43}$/) })
    expect(stdout).not.toContain('ada')
    const rest = await cli('outbox', 'list', '--after', next)
    expect(rest.stdout).toMatch(/login → timeline-v3 of account 62515, site main, person [0-9a-f]{12}, attempts 1\n/)
    expect(rest.stdout.match(/login →/g)).toHaveLength(1)
    const other = await cli('outbox', 'list', '--state', 'due', '--after', next)
    expect(other).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/--after: the mark belongs to a list with --state dead, this one has --state due: /) })
    for (const unfit of [['--site', 'other'], ['--target', 'timeline-v1']]) expect((await cli('outbox', 'list', ...unfit)).stdout).toBe('nothing is dead that fits\n')
    expect((await cli('outbox', 'list', '--target', 'timeline-v3')).stdout.match(/login →/g)).toHaveLength(3)
    expect((await cli('outbox', 'list', '--show-emails')).stdout).toContain('ada@example.com')
  })

  it("are explained: HubSpot's reason, and what to do", async () => {
    const { code, stdout } = await cli('explain', 'one')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^login: messageId one, HubSpot event id [\w-]{43}\n/)
    expect(stdout).toMatch(/timeline-v3 of account 62515: dead, 1 attempt\n[^]*HUBSPOT_REJECTED_EVENT: [^]*you can: .*trackline outbox retry/)
    expect(stdout).not.toContain('ada')
    const [, eventId = ''] = /event id ([\w-]{43})/.exec(stdout) ?? []
    expect((await cli('explain', eventId)).stdout).toMatch(/^login: messageId one,/)
  })

  it('are delivered once they are tried again, under the same event id', async () => {
    expect(await cli('outbox', 'retry', 'one')).toMatchObject({ code: 0, stdout: 'retried: 1\n' })
    await until('it is delivered', async () => (await stateOf('one')) === 'delivered')
    expect((await cli('explain', 'one')).stdout).toMatch(/: delivered, 1 attempt\n +HubSpot has it since/)
    expect(JSON.parse((await cli('outbox', 'retry', 'one', '--json')).stdout)).toEqual({ retried: 0, leftAlone: 1 })
    expect(await counts()).toMatchObject({ received: 3, delivered: 1, dead: 2, queued: 0 })
  })

  it('are not discarded where there is nobody to ask; with --yes they are gone, and stay counted', async () => {
    const asked = await cli('outbox', 'discard', 'two')
    expect({ code: asked.code, says: asked.stderr }).toEqual({ code: 2, says: expect.stringMatching(/--yes must be given/) })
    for (const unfit of [['--site', 'other'], ['--event', 'other'], ['--target', 'custom-events'], ['--state', 'due']]) {
      expect(JSON.parse((await cli('outbox', 'discard', 'two', ...unfit, '--yes', '--json')).stdout)).toEqual({ discarded: 0, leftAlone: 1 })
    }
    expect(await cli('outbox', 'retry', 'two', '--site', 'other')).toMatchObject({ stdout: 'retried: 0; left alone, since they are not dead or do not fit: 1\n' })
    expect(await cli('outbox', 'discard', 'two', '--yes')).toMatchObject({ code: 0, stdout: 'discarded: 1\n' })
    expect(JSON.parse((await cli('outbox', 'discard', '--site', 'main', '--yes', '--json')).stdout)).toEqual({ discarded: 1, leftAlone: 0 })
    expect((await cli('outbox', 'list', '--json')).stdout).toBe('{"rows":[]}\n')
    expect(await counts()).toMatchObject({ received: 3, delivered: 1, dead: 2 })
    expect(await cli('explain', 'two')).toMatchObject({ code: 1, stderr: expect.stringMatching(/no event has the messageId .* 'two'/) })
  })

  it('are not meant by accident: what is meant must be said', async () => {
    for (const command of ['retry', 'discard']) {
      expect(await cli('outbox', command)).toMatchObject({ code: 2, stderr: expect.stringMatching(/--all, an id or a filter/) })
    }
    expect(await cli('outbox', 'list', '--older-than', 'long')).toMatchObject({ code: 2, stderr: expect.stringMatching(/--older-than must be a time such as/) })
    const halfMark = Buffer.from('["dead",7]').toString('base64url')
    for (const mark of ['nowhere', halfMark]) {
      expect(await cli('outbox', 'list', '--after', mark)).toMatchObject({ code: 2, stderr: expect.stringMatching(/--after must be the mark/) })
    }
    expect(await cli('outbox', 'list', '--code', 'GIVE_UP')).toMatchObject({ code: 2, stderr: expect.stringMatching(/--code must be one of .*did you mean 'GAVE_UP'/) })
  })

  it('are discarded once somebody at the terminal has agreed: the question names what is meant', async () => {
    const env = { ...options.env, NODE_OPTIONS: '--import=data:text/javascript,process.stdin.isTTY=true' }
    const refuse = (...args: string[]) => runCli(['outbox', 'discard', ...args], { ...options, env, input: 'n\n' })
    expect(await refuse('--all')).toEqual({ code: 0, stdout: 'nothing was discarded\n', stderr: 'Discard all events in state dead, for good? [y/N] ' })
    const filter = ['--state', 'due', '--site', 'main', '--account', '62515', '--event', 'login', '--target', 'timeline-v3', '--code', 'GAVE_UP', '--older-than', '36h']
    expect((await refuse(...filter)).stderr).toMatch(/^Discard all events in state due, of site main, for account 62515, named login, to timeline-v3, with code GAVE_UP, received more than 1 d 12 h ago, for good\?/)
  })

  it('are not all that can be listed and given up: what waits, too', async () => {
    await post(`${emulator.url}/_emulator/faults`, { next: 1_000, status: 503 })
    await post(`${url}/v1/track`, { event: 'login', messageId: 'waits', properties: { method: 'sso' } }, { authorization })
    const listed = async (state: string) => {
      const { rows }: { rows: { messageId: string; code?: string }[] } = JSON.parse((await cli('outbox', 'list', '--state', state, '--json')).stdout)
      return rows.map(({ messageId, code }) => [messageId, code])
    }
    await until('HubSpot has refused it for now', async () => (await listed('due')).some(([, code]) => code === 'HUBSPOT_UNAVAILABLE'))
    expect([await listed('due'), await listed('delivered'), await listed('needs_identity')]).toEqual([[['waits', 'HUBSPOT_UNAVAILABLE']], [['one', undefined]], []])
    const { code, stdout, stderr } = await cli('outbox', 'list', '--state', 'sent')
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/Allowed choices are dead, due, needs_identity, delivered/) })
    expect(await cli('outbox', 'discard', 'waits', '--yes')).toMatchObject({ stdout: 'discarded: 0; left alone, since they are not dead, do not fit or are being sent: 1\n' })
    // While it is being sent, it is left alone.
    await until('it is given up', async () => JSON.parse((await cli('outbox', 'discard', '--state', 'due', '--all', '--yes', '--json')).stdout).discarded === 1)
    await fetch(`${emulator.url}/_emulator/faults`, { method: 'DELETE' })
    expect(await listed('due')).toEqual([])
    expect(await counts()).toMatchObject({ received: 4, delivered: 1, dead: 3, queued: 0 })
  })

  it('the space that is left is given back while the service runs', async () => {
    const { code, stdout } = await cli('outbox', 'vacuum', '--json')
    expect({ code, report: JSON.parse(stdout) }).toEqual({
      code: 0,
      report: { beforeBytes: expect.any(Number), afterBytes: expect.any(Number), says: 'free pages were given back to the disk' },
    })
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  })

  it('once the service has stopped, the whole file can be written anew, and nothing is lost', async () => {
    await service.stop('SIGTERM')
    const before = await counts()
    const { code, stdout } = await cli('outbox', 'vacuum', '--full')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^.*anew.*\n[\d.]+ MB before, [\d.]+ MB now\n$/) })
    expect(await counts()).toEqual(before)
  })

  it('a count that is not what is stored makes the audit fail, and says where', async () => {
    const database = new DatabaseSync(join(project.path, 'data/outbox.db'))
    database.exec('update tallies set delivered = delivered + 1, dead = dead - 1')
    database.close()
    expect(await cli('audit')).toMatchObject({ code: 0 })
    const { code, stderr } = await cli('audit', '--recount')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/site 'main': 2 are counted as delivered, 1 are stored\n.*site 'main': -1 are counted as dead, 0 are stored\n/),
    })
  })
})
