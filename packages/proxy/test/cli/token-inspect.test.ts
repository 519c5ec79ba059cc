import { mintSession } from '@trackline/session'
import { afterAll, describe, expect, it } from 'vitest'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'

const SECRET = 'a secret of at least thirty-two bytes'
const project = makeProject(projectConfig())
const inProject = { cwd: project.path }
afterAll(project.remove)

const mint = (more: object = {}) =>
  mintSession({ sub: 'ada', email: 'lovelace@example.com', ttl: '5m', secret: SECRET, issuer: 'shop', audience: 'trackline', ...more })
const inspect = (token: string, ...more: string[]) => runCli(['token', 'inspect', ...more], { ...inProject, input: token })

async function reasons(token: string): Promise<string[]> {
  const { stdout } = await inspect(token, '--json')
  return JSON.parse(stdout).presets[0].refusals.map(({ reason }: { reason: string }) => reason)
}

describe('token inspect', () => {
  it('takes a good token from standard input, with 0, and shows neither it nor the email', async () => {
    const token = await mint()
    const { code, stdout, stderr } = await inspect(`Authorization: Bearer ${token}\n`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/iss: "shop"\n/)
    expect(stdout).toMatch(/exp: \d{4}-.*Z \(in [45] min\)/)
    expect(stdout).toMatch(/sharedSecret of main: takes it\n.*proven.*\n {2}email: l\*\*\*@example\.com\naccepted\n$/)
    expect(stdout).not.toContain('lovelace')
    for (const part of token.split('.')) expect(stdout).not.toContain(part)
  })

  it('takes it as an argument, and prints one JSON document', async () => {
    const { code, stdout } = await runCli(['token', 'inspect', await mint(), '--site', 'main', '--json'], inProject)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      accepted: true,
      header: { alg: 'HS256' },
      claims: expect.arrayContaining([{ claim: 'sub', value: '"ada"', refusedBy: [] }]),
      presets: [{ site: 'main', preset: 'sharedSecret', accepts: true, isProven: true, refusals: [] }],
    })
  })

  it('explains one that has expired: all else is good', async () => {
    const token = await mint({ now: () => new Date('2026-01-01') })
    const { code, stdout } = await inspect(token)
    expect(code).toBe(1)
    expect(stdout).toMatch(/exp: 2026-01-01T00:05:00.000Z \(\d+ min ago\) {3}<- refused by sharedSecret of main/)
    expect(stdout).toMatch(/expired: .*\n {4}change: .*fetch a fresh token/)
    expect(await reasons(token)).toEqual(['expired'])
  })

  it('names every rule that refuses it, where verifying stops at the first, and the line to change', async () => {
    const token = await mint({ issuer: 'store', audience: 'other', secret: SECRET.toUpperCase() })
    const { code, stdout } = await inspect(token)
    expect(code).toBe(1)
    expect(await reasons(token)).toEqual(['signature_mismatch', 'issuer_mismatch', 'audience_mismatch'])
    expect(stdout).toMatch(/iss: "store" {3}<- refused by sharedSecret of main/)
    expect(stdout).toMatch(/change: set sharedSecret\({ secret }\)/)
    expect(stdout).toMatch(/change: if you trust the issuer 'store', set sharedSecret\({ issuer }\)/)
    expect(stdout).toMatch(/change: set sharedSecret\({ audience }\) to 'other'/)
    expect(stdout).toMatch(/claims \(proven by no preset/)
    expect(stdout).not.toContain(SECRET)
  })

  it('says of what is no token that it is none, and does not repeat it', async () => {
    const { code, stdout } = await inspect('certainly-not-a-session-token')
    expect(code).toBe(1)
    expect(stdout).toMatch(/not_compact: .*\n {4}change: paste the whole token/)
    expect(stdout).not.toContain('certainly')
  })

  it.each<[string, string, string[], RegExp]>([
    ['nothing', ' \n', [], /<token> is missing/],
    ['a site that is not there', 'x', ['--site', 'nope'], /--site: no site 'nope' is configured/],
  ])('ends with 2 for %s', async (_, token, more, says) => {
    const { code, stdout, stderr } = await inspect(token, ...more)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
  })
})

describe('before there is a HubSpot app', () => {
  const text = projectConfig().replace("clientId: 'trackline-dev', clientSecret: 'trackline-dev-secret', developerKey: 'trackline-dev-key',", "clientId: process.env.NONE ?? '', clientSecret: process.env.NONE, developerKey: process.env.NONE,")
  const early = makeProject(text)
  afterAll(early.remove)

  it('a token can be minted and explained, with neither its credentials nor keys', async () => {
    expect(text).toContain('process.env.NONE ?? ')
    const minted = await runCli(['token', 'mint', '--site', 'main', '--sub', 'ada'], { cwd: early.path })
    expect(minted).toMatchObject({ code: 0, stderr: '' })
    const { code, stdout } = await runCli(['token', 'inspect'], { cwd: early.path, input: minted.stdout })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/\naccepted\n$/) })
  })

  it('and what is wrong with the rest of the configuration is said as ever', async () => {
    const broken = makeProject(text.replace('portal: 62515,', ''))
    const { code, stderr } = await runCli(['token', 'mint', '--site', 'main', '--sub', 'ada'], { cwd: broken.path })
    broken.remove()
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/sites\.main\.portal must be/)
    expect(stderr).not.toMatch(/hubspot/)
  })
})
