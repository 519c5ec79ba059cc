import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeReadmeProject } from '../stage/readme-project.ts'
import { freePort, runCli, startCli } from '../stage/run-cli.ts'
import { until } from '../stage/until.ts'

describe('trackline dev, with the files of the README and SESSION_SECRET filled in', () => {
  const project = makeReadmeProject()
  let dev: Awaited<ReturnType<typeof startCli>> | undefined
  beforeAll(async () => {
    dev = await startCli(['dev', '--port', String(await freePort())], /^trackline listens on (\S+)\nHubSpot emulator listens on (\S+)$/m, { cwd: project.path })
  }, 60_000)
  afterAll(async () => {
    await dev?.stop('SIGTERM')
    project.remove()
  })

  async function track(token: string, message: object, origin = 'https://app.example.com'): Promise<number> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, origin }
    return (await fetch(`${dev?.match[1]}/v1/track`, { method: 'POST', headers, body: JSON.stringify(message) })).status
  }

  async function mint(...args: string[]): Promise<string> {
    const minted = await runCli(['token', 'mint', '--site', 'main', ...args], { cwd: project.path })
    expect(minted).toMatchObject({ code: 0, stderr: '' })
    return minted.stdout.trim()
  }

  const told = (says: RegExp) => until(`it tells ${says}`, () => says.exec(dev?.stdout() ?? ''))

  it('delivers an event under a token that "token mint" prints, and tells both, with the email masked', async () => {
    expect(await track(await mint('--sub', 'ada', '--email', 'ada@example.com'), { event: 'login', messageId: 'one', properties: { method: 'sso' } })).toBe(202)
    await told(/^\d\d:\d\d:\d\d {2}login {2}a\*\*\*@example\.com {2}accepted as one$/m)
    await told(/^\d\d:\d\d:\d\d {2}login {2}a\*\*\*@example\.com {2}delivered to timeline-v3 after \d+ ms$/m)
    await until('it is on the timeline', async () => {
      const events: unknown[] = await (await fetch(`${dev?.match[2]}/_emulator/events?email=ada@example.com`)).json()
      return events.length === 1
    })
  })

  it('tells what it refused and rejected, and why; neither a token nor an email is told', async () => {
    const [token, nameless] = await Promise.all([mint('--sub', 'ada', '--email', 'ada@example.com'), mint('--sub', 'bob')])
    await track(`${token.slice(0, -4)}AAAA`, { event: 'login' })
    await told(/ {2}refused: SESSION_INVALID: the session token cannot be trusted: .*signature.* {2}\(requestId [\w-]+\)$/m)
    await track(token, { event: 'login' }, 'https://evil.example.com')
    await told(/ {2}refused: ORIGIN_NOT_ALLOWED: the origin "https:\/\/evil\.example\.com" is not listed for any site/)
    await track(token, { event: 'logn' })
    await told(/ {2}logn {2}a\*\*\*@example\.com {2}rejected as [\w-]+: EVENT_UNKNOWN: .*\(did you mean 'login'\?\)$/m)
    await track(token, { event: 'login', properties: { method: 'bob@example.com' } })
    await told(/rejected as [\w-]+: PROPERTY_INVALID: .*got '\[email\]'$/m)
    await track(token, { event: 'login', email: 'bob@example.com' })
    await told(/IDENTITY_IN_BODY/)
    await track(nameless, { event: 'login', properties: { method: 'sso' } })
    await told(/ {2}login {2}person [0-9a-f]{12} \(no email\) {2}accepted as /)
    expect(dev?.stdout()).not.toMatch(/ada@|bob@|eyJ/)
  })

  it('its outbox is looked at with --dev, and is gone with it', async () => {
    const port = new URL(dev?.match[1] ?? '').port
    const look = (...args: string[]) => runCli(args, { cwd: project.path, env: { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}` } })
    expect(await runCli(['explain', 'one', '--dev', port], { cwd: project.path })).toMatchObject({ code: 0, stdout: expect.stringMatching(/timeline-v3 of account 62515: delivered/) })
    expect(await look('outbox', 'list', '--state', 'delivered', '--dev', port)).toMatchObject({ code: 0, stdout: expect.stringMatching(/login → timeline-v3/) })
    expect(await look('audit', '--dev', port)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^delivered +1$/m) })
    await dev?.stop('SIGTERM')
    expect(await look('audit', '--dev', port)).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/no "trackline dev" of .*trackline\.config\.ts runs on port \d+/) })
    expect(await look('audit', '--dev', '4400x')).toMatchObject({ code: 2, stderr: expect.stringMatching(/--dev must be a number from 0 to 65535/) })
  })
})
