import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PROVIDERS } from '../../src/cli/init/providers.ts'
import { loadConfig } from '../../src/cli/load-config.ts'
import { createSealer } from '../../src/vault/seal.ts'
import { freePort, makeProject, runCli, startCli } from '../stage/run-cli.ts'

/** A folder with the packages installed, and an `.env` of the reader's own where one is given. */
function openFolder(env?: string) {
  const project = makeProject('', 'unused.ts')
  onTestFinished(project.remove)
  const at = (name: string) => join(project.path, name)
  if (env !== undefined) writeFileSync(at('.env'), env)
  return { at, read: (name: string) => readFileSync(at(name), 'utf8'), run: (...args: string[]) => runCli(args, { cwd: project.path }), path: project.path }
}

const EXAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  clerk: { publishableKey: 'pk_test_Y2xlcmsuZXhhbXBsZS5jb20k' },
  stytch: { projectId: 'project-live-12345678-1234-1234-1234-123456789012' },
}

describe('trackline init', () => {
  it('writes what serve accepts at once: an event of a minted session is stored', async () => {
    const { run, path, at } = openFolder()
    const written = await run('init', '--yes', '--origin', 'https://app.example.com', '--event', 'login', '--event', 'signup')
    expect(written).toMatchObject({ code: 0, stderr: '' })
    expect(statSync(at('.env')).mode & 0o777).toBe(0o600)
    const { match, stop } = await startCli(['serve', '--port', String(await freePort())], /^trackline listens on (\S+)$/m, { cwd: path })
    onTestFinished(async () => void (await stop()))
    const { stdout: token } = await run('token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'ada@example.com')
    const headers = { authorization: `Bearer ${token.trim()}`, origin: 'https://app.example.com', 'content-type': 'application/json' }
    const answer = await fetch(`${match[1]}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch: [{ event: 'login' }, { event: 'signup' }] }) })
    expect([answer.status, await answer.json()]).toEqual([202, { results: [{ messageId: expect.any(String), status: 'queued' }, { messageId: expect.any(String), status: 'queued' }] }])
  })

  it('names the next steps, and the doctor then says what has to be filled in', async () => {
    const { run } = openFolder()
    const { stdout } = await run('init', '--yes')
    for (const step of ['trackline dev', 'trackline connect --site main', 'trackline events push', 'trackline doctor', "track('login')"]) expect(stdout).toContain(step)
    expect(stdout).not.toContain('npm install')
    expect(stdout).not.toMatch(/^ +trackline /m)
    const doctor = await run('doctor')
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/WRONG HubSpot app: not filled in yet: hubspot\.clientId, hubspot\.clientSecret, hubspot\.appId, sites\.main\.portal/) })
  })

  it('makes new keys each time, prints none, and says as JSON what it did', async () => {
    const [one, two] = [openFolder(), openFolder()]
    const { code, stdout } = await one.run('init', '--json')
    await two.run('init', '--json')
    const [key, secret] = [/TRACKLINE_KEYS=(.*)/, /SESSION_SECRET=(.*)/].map((line) => line.exec(one.read('.env'))?.[1] ?? '')
    expect(createSealer(key ?? '').keyIds).toEqual(['k1'])
    expect(two.read('.env')).not.toContain(key)
    expect(stdout).not.toContain(key)
    expect(stdout).not.toContain(secret)
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, written: ['trackline.config.ts', 'events.ts', '.env'].map(one.at), kept: [], warnings: [], variables: expect.arrayContaining(['TRACKLINE_KEYS', 'SESSION_SECRET']) })
  })

  it('replaces nothing without being told to, and adds to an .env only what it lacks', async () => {
    const { run, read, at } = openFolder('MINE=1\nTRACKLINE_KEYS=k0:of-mine')
    chmodSync(at('.env'), 0o644)
    writeFileSync(at('events.ts'), '// mine\n')
    const first = await run('init', '--yes')
    expect(first).toMatchObject({ code: 1, stdout: expect.stringMatching(/left as it is: .*events\.ts \(--force replaces it\)[^]*\.env can be read by other users of this machine/) })
    expect(read('events.ts')).toBe('// mine\n')
    expect(read('.env')).toMatch(/^MINE=1\nTRACKLINE_KEYS=k0:of-mine\nSESSION_SECRET=/)
    const before = read('.env')
    expect((await run('init', '--yes', '--force')).code).toBe(0)
    expect(read('events.ts')).toContain('defineEvents')
    expect(read('.env')).toBe(before)
  })

  it.each(Object.entries(PROVIDERS))('for %s writes a configuration that can be used, for every target', async (provider, fields) => {
    const settings = fields.flatMap(({ name, example }) => ['--set', `${name}=${EXAMPLES[provider]?.[name] ?? example}`])
    const { run, at } = openFolder()
    const target = provider === 'auth0' ? 'timeline-v3' : 'contact-properties'
    const { code, stderr } = await run('init', '--yes', '--provider', provider, ...settings, '--target', target, '--portal', '62515', '--event', 'transaction_initiated', '--event', 'transaction_completed', '--event', 'login')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    process.loadEnvFile(at('.env'))
    const config = await loadConfig(at('trackline.config.ts'))
    expect(config.sites.main).toMatchObject({ portal: 62515, targets: [target], session: [{ name: provider }] })
    expect(Object.keys(config.events)).toEqual(['transaction_initiated', 'transaction_completed', 'login'])
  })

  it('for auth0 says that there is no email to be had until a claim is named; the doctor says so too', async () => {
    const { run, read } = openFolder()
    const auth0 = ['init', '--yes', '--provider', 'auth0', '--set', 'domain=acme.eu.auth0.com', '--set', 'audience=https://api.example.com']
    const without = await run(...auth0)
    expect(without).toMatchObject({ code: 0, stdout: expect.stringMatching(/note: auth0's access tokens carry no email[^]*Have auth0 put the email into its tokens, as docs\/providers\/auth0\.md shows/) })
    const says = /WRONG site main: no event will have an email: auth0's access tokens carry none/
    expect((await run('doctor')).stdout).toMatch(says)
    const withClaim = await run(...auth0, '--force', '--set', 'email=https://example.com/email')
    expect(withClaim.stdout).not.toContain('note:')
    expect(read('trackline.config.ts')).toContain("email: ['https://example.com/email'] }),")
    expect((await run('doctor')).stdout).not.toMatch(says)
  })

  it.each([
    [['init'], /--yes must be given where there is nobody to ask/],
    [['init', '--yes', '--provider', 'auth1'], /--provider must be one of .*: got 'auth1' \(did you mean 'auth0'\?\)/],
    [['init', '--yes', '--provider', 'auth0', '--set', 'domain=acme.eu.auth0.com'], /--set must say audience=…: auth0 needs it/],
    [['init', '--yes', '--provider', 'auth0', '--set', 'domain=https://x', '--set', 'audience=a'], /--set: .*domain/],
    [['init', '--yes', '--provider', 'auth0', '--set', 'domian=x'], /auth0 is not told 'domian' \(did you mean 'domain'\?\)/],
    [['init', '--yes', '--origin', 'app.example.com'], /--origin must be an origin such as https:\/\/app\.example\.com: got 'app\.example\.com'/],
    [['init', '--yes', '--event', 'Log in'], /--event must be 1–30 lower-case letters, digits or _, a letter first: got 'Log in'/],
    [['init', '--yes', '--portal', 'x'], /--portal must be the number of a HubSpot account: got 'x'/],
    [['init', '--yes', '--target', 'v3'], /--target must be one of .*: got 'v3'/],
  ])('%j is wrong usage, and writes nothing', async (args, says) => {
    const { run, at } = openFolder()
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) })
    expect(['trackline.config.ts', 'events.ts', '.env'].filter((name) => existsSync(at(name)))).toEqual([])
  })
})
