import { existsSync, mkdirSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Report } from '../../src/cli/doctor/examine.ts'
import { generateKey } from '../../src/vault/seal.ts'
import { startProvider } from '../stage/identity-provider.ts'
import { fault, KEYS, openExamined, trackLogin, uninstall, withService } from '../stage/open-examined.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { until } from '../stage/until.ts'

/** What is said of a thing at a level. */
function said({ findings }: Report, level: string, about?: string): string[] {
  return findings.filter((finding) => finding.level === level && (about === undefined || finding.about === about)).map(({ says, remedy }) => `${says}${remedy === undefined ? '' : ` → ${remedy}`}`)
}

describe('with nothing wrong', () => {
  it('the doctor says so with 0, whether the service runs beside it or not', async () => {
    const { doctor, file } = await openExamined()
    const alone = await doctor()
    expect({ code: alone.code, wrong: said(alone, 'wrong') }).toEqual({ code: 0, wrong: [] })
    expect(said(alone, 'note', 'public address')).toEqual([expect.stringMatching(/the service does not run, or not on this machine: .* → start it with "trackline serve"/)])
    const beside = await withService(file, () => doctor())
    expect({ code: beside.code, wrong: said(beside, 'wrong') }).toEqual({ code: 0, wrong: [] })
    expect(said(beside, 'fine', 'public address')).toEqual([expect.stringMatching(/^the service is ready at http:\/\/127/), 'it serves this version of the snippet'])
    expect(new Set(beside.findings.map(({ about }) => about))).toEqual(new Set(['configuration', 'outbox', 'keys', 'account 62515', 'definitions', 'dead letters', 'waiting events', 'HubSpot app', 'site main', 'public address']))
  })

  it('it says what it saw: scopes, limits, the life of the token, size, keys', async () => {
    const { doctor } = await openExamined()
    const report = await doctor()
    expect(said(report, 'fine', 'account 62515').join('\n')).toMatch(/good for 30 min[^]*granted every scope that is needed: oauth, timeline, crm\.[^]*\d+ of 110 requests are left in these 10 seconds/)
    expect(said(report, 'fine', 'outbox').join('\n')).toMatch(/outbox\.db opens and takes a write[^]*0 of 50000000 rows/)
    expect(said(report, 'fine', 'keys')).toEqual(["'k1' seals; sealed records: 1"])
    expect(said(report, 'fine', 'definitions')).toEqual(['HubSpot has everything that the events need: login'])
  })

  it('it says when there is no outbox, and makes none: the path may be mistyped', async () => {
    const { doctor, edit, path } = await openExamined()
    edit(/store: '[^']*'/, "store: 'sqlite:./elsewhere.db'")
    const report = await doctor()
    const says = `there is no outbox at ${join(path, 'elsewhere.db')} yet → "trackline serve" makes it; if it lies elsewhere, mend "store" in the configuration`
    expect(report.findings.filter(({ about }) => about === 'outbox').map(({ level, says: what, remedy }) => [level, `${what} → ${remedy}`])).toEqual([['note', says]])
    expect(report.findings.map(({ about }) => about)).not.toContain('account 62515')
    expect(existsSync(join(path, 'elsewhere.db'))).toBe(false)
  })

  it('the tag that it prints runs the very script that the service serves, under the hash of its bytes', async () => {
    const { run, file } = await openExamined({ isConnected: false, isPushed: false })
    const { snippet } = await openedSnippet(run)
    const [script, stub] = await withService(file, async () => [
      await (await fetch(snippet.immutableUrl)).text(),
      /<script>(.*?)<\/script>/.exec(snippet.tag)?.[1] ?? '',
    ] as const)
    expect(snippet.integrity).toBe(`sha384-${createHash('sha384').update(script).digest('base64')}`)
    expect(snippet.tag).toContain(`src="${snippet.immutableUrl}" integrity="${snippet.integrity}" crossorigin="anonymous"`)
    expect(snippet.csp).toContain(`'sha256-${createHash('sha256').update(stub).digest('base64')}'`)
    const { stdout } = await run(['doctor'])
    expect(stdout).toContain(snippet.tag.split('\n')[1])
    expect(stdout).toContain(snippet.csp)
  })

  async function openedSnippet(run: (args: string[]) => Promise<{ stdout: string }>) {
    const { snippet }: Report = JSON.parse((await run(['doctor', '--json'])).stdout)
    if (!snippet) throw new Error('the report has no snippet')
    return { snippet }
  }

  it('nothing secret is printed', async () => {
    const { doctor, run } = await openExamined()
    const printed = (await doctor()).text + (await run(['doctor'])).stdout
    expect(printed).not.toMatch(/thirty-two bytes|trackline-dev-secret|trackline-dev-key/)
    expect(printed).not.toContain(Buffer.alloc(32, 1).toString('base64'))
  })
})

describe('what a person got wrong is named, with what to do', () => {
  it('a configuration that cannot be used: all its problems, and nothing else is looked at', async () => {
    const { doctor, edit } = await openExamined({ isConnected: false, isPushed: false })
    edit('portal: 62515', "portal: 'x'")
    const { code, findings } = await doctor()
    expect(code).toBe(1)
    expect(findings).toEqual([{ about: 'configuration', level: 'wrong', says: expect.stringMatching(/sites\.main\.portal must be integer: got 'x'/) }])
  })

  it('an account that was never connected, and definitions that HubSpot lacks', async () => {
    const { doctor } = await openExamined({ isConnected: false, isPushed: false })
    const report = await doctor()
    expect(report.code).toBe(1)
    expect(said(report, 'wrong', 'account 62515')).toEqual([expect.stringMatching(/not connected: .* → run "trackline connect --site main"/)])
    expect(said(report, 'wrong', 'definitions')).toEqual([expect.stringMatching(/create the event template 'Logged in' → run "trackline events push"/)])
    expect(said(report, 'note', 'definitions')).toEqual([expect.stringMatching(/account 62515 was not looked at: the HubSpot account is not connected/)])
  })

  it('a contact property that the account lacks', async () => {
    const { doctor } = await openExamined({ isPushed: false })
    expect(said(await doctor(), 'wrong', 'definitions')).toContainEqual(expect.stringMatching(/create the contact property 'last_login' in account 62515 → run "trackline events push"/))
  })

  it('scopes that the account has not granted', async () => {
    const { doctor } = await openExamined({ change: (config) => config.replace("appId: 1,", "appId: 1, scopes: ['oauth', 'timeline'],"), isPushed: false })
    expect(said(await doctor(), 'wrong', 'account 62515')).toEqual([expect.stringMatching(/has not granted crm\.schemas\.contacts\.read, .* → add them to the scopes of your HubSpot app/)])
  })

  it('a connection that HubSpot withdrew', async () => {
    const { doctor, emulator } = await openExamined()
    await uninstall(emulator.url, 62515)
    const report = await doctor()
    expect(report.code).toBe(1)
    expect(said(report, 'wrong', 'account 62515').join('\n')).toMatch(/HubSpot refuses the access token: .* → run "trackline connect --site main"/)
  })

  it('a developer key that HubSpot does not know hides nothing of the account', async () => {
    const { doctor, edit } = await openExamined()
    edit('trackline-dev-key', 'mistyped')
    const report = await doctor()
    expect(said(report, 'wrong', 'definitions')).toEqual([expect.stringMatching(/HubSpot would not list the event templates: .* → check hubspot\.developerKey/)])
    expect(said(report, 'fine', 'account 62515')).not.toEqual([])
  })

  it('records that an older key seals, and records that no key opens', async () => {
    const { doctor } = await openExamined()
    const newer = await doctor(`${generateKey('k2')},${KEYS}`)
    expect(said(newer, 'note', 'keys')).toEqual(['1 of 1 sealed records still need k1 → run "trackline keys rotate": it seals them with \'k2\''])
    const lost = await doctor(generateKey('k3'))
    expect({ code: lost.code, keys: said(lost, 'wrong', 'keys') }).toEqual({ code: 1, keys: [expect.stringMatching(/grant 62515 cannot be opened: .*'k1'.* → put the key that sealed it back/)] })
    expect(said(lost, 'wrong', 'account 62515')).toEqual([expect.stringMatching(/cannot be opened with the configured "keys"/)])
  })

  it('a key that is none', async () => {
    const { doctor } = await openExamined({ isConnected: false, isPushed: false })
    expect(said(await doctor('k1:short'), 'wrong', 'outbox')).toEqual([expect.stringMatching(/the key 'k1' must be the base64 of 32 bytes: it has \d+ → mend the configuration/)])
  })

  it('HubSpot does not answer: each finding comes in its time, and the others with it', async () => {
    const { doctor, emulator } = await openExamined()
    await emulator.close()
    const report = await doctor()
    expect(said(report, 'wrong', 'account 62515').join('\n')).toMatch(/no answer from HubSpot/)
    expect(said(report, 'wrong', 'definitions').join('\n')).toMatch(/no answer from HubSpot/)
    expect(said(report, 'fine', 'outbox')).not.toEqual([])
  })

  it('what a new configuration has not been told yet', async () => {
    const { doctor, edit } = await openExamined({ isConnected: false, isPushed: false })
    edit("clientSecret: 'trackline-dev-secret'", "clientSecret: 'fill-me-in'")
    expect(said(await doctor(), 'wrong', 'HubSpot app')).toEqual([expect.stringMatching(/not filled in yet: hubspot\.clientSecret → copy them/)])
  })

  it('pages that are not encrypted or a developer\'s own, and a site for which nobody may send', async () => {
    const { doctor, edit } = await openExamined({ isConnected: false, isPushed: false })
    edit(/publicUrl: '[^']*'/, "publicUrl: 'https://t.example.com'")
    edit("origins: ['https://app.example.com']", "origins: ['http://app.example.com', 'http://localhost:3000']")
    expect(said(await doctor(), 'note', 'site main')).toEqual([expect.stringMatching(/^http:\/\/app\.example\.com is not encrypted/), expect.stringMatching(/localhost:3000 is a page on a developer's own machine/)])
    edit("origins: ['http://app.example.com', 'http://localhost:3000']", 'origins: []')
    expect(said(await doctor(), 'wrong', 'site main')).toEqual([expect.stringMatching(/^nobody may send/)])
  })

  it('a service that runs at its address and is another one', async () => {
    const { doctor, edit, file } = await openExamined({ isConnected: false, isPushed: false })
    await withService(file, async () => {
      edit("origins: ['https://app.example.com']", "origins: ['https://another.example.com']")
      expect(said(await doctor(), 'wrong', 'public address')).toEqual([expect.stringMatching(/^what runs at http:\/\/127\.0\.0\.1:\d+ does not know https:\/\/another\.example\.com of site main: it is another service, or it has another configuration → /)])
    })
  })

  it('a service that runs here while its public name leads elsewhere', async () => {
    const { doctor, edit, file } = await openExamined()
    await withService(file, async () => {
      edit(/publicUrl: '[^']*'/, "publicUrl: 'http://127.0.0.1:1'")
      expect(said(await doctor(), 'wrong', 'public address')).toEqual([expect.stringMatching(/is ready at http:\/\/127\.0\.0\.1:\d+, but http:\/\/127\.0\.0\.1:1 does not answer/)])
    })
  })
})

describe('an identity provider', () => {
  it('is asked for its keys: how many, for which algorithms; and when it is down, that is said', async () => {
    const provider = await startProvider(() => new Date())
    onTestFinished(provider.close)
    const change = (config: string) => config.replace('import { defineConfig, sharedSecret }', 'import { defineConfig, jwks }').replace(/session: sharedSecret\([^)]*\)/, `session: jwks({ url: '${provider.url}', issuer: 'https://id.example.com/', audience: 'trackline' })`)
    const { doctor } = await openExamined({ change, isConnected: false, isPushed: false })
    expect(said(await doctor(), 'fine', 'site main')).toContainEqual(expect.stringMatching(/sessions of jwks, issuer https:\/\/id\.example\.com\/, audience trackline, of any lifetime: 1 key \(ES256\) at http/))
    provider.state.isDown = true
    expect(said(await doctor(), 'wrong', 'site main')).toEqual([expect.stringMatching(/the keys of jwks cannot be loaded from http.*503.* → open the address from this machine/)])
  })
})

describe('events', () => {
  it('that HubSpot refused are counted by their reason; with what each means', async () => {
    const { doctor, emulator, file, run, url } = await openExamined()
    await withService(file, async ({ parts }) => {
      await fault(emulator.url, { next: 20, status: 400 })
      await trackLogin(run, url)
      await until('it is given up', async () => (await parts.store.audit()).dead === 1)
    })
    const report = await doctor()
    expect(report.code).toBe(1)
    expect(said(report, 'wrong', 'dead letters')).toEqual([expect.stringMatching(/^1 event was given up → look at them with "trackline outbox list"/), expect.stringMatching(/^1 for HUBSPOT_REJECTED_EVENT: /)])
    expect(report.text).not.toContain('ada@example.com')
  })

  it('that wait are told, with the age of the oldest', async () => {
    const { doctor, file, run, url } = await openExamined({ isConnected: false })
    await withService(file, () => trackLogin(run, url))
    expect(said(await doctor(), 'note', 'waiting events')).toEqual([expect.stringMatching(/^1 waits for delivery, the oldest for \d+ s$/)])
  })

  it('that fill the outbox: whether they were delivered, or wait', async () => {
    const { doctor, edit, file, run, url, emulator } = await openExamined({ change: (config) => config.replace("publicUrl:", 'outbox: { maxRows: 2 }, publicUrl:') })
    await withService(file, async ({ parts }) => {
      await trackLogin(run, url)
      await until('it is delivered', async () => (await parts.store.audit()).delivered === 1)
    })
    edit('maxRows: 2', 'maxRows: 1')
    expect(said(await doctor(), 'wrong', 'outbox')).toEqual([expect.stringMatching(/^it is full: 1 of 1 rows.* → what fills it are delivered events, remembered for 8 days: lower outbox\.keepDeliveredDays, or raise outbox\.maxRows/)])
    edit('maxRows: 1', 'maxRows: 2')
    await fault(emulator.url, { next: 1_000, status: 503 })
    await withService(file, () => trackLogin(run, url))
    expect(said(await doctor(), 'wrong', 'outbox')).toEqual([expect.stringMatching(/^it is full: 2 of 2 rows.* → find out why events are not delivered, or raise/)])
  })

  it('an outbox that cannot be opened is named by its place, and the rest is looked at', async () => {
    const { doctor, edit, path } = await openExamined({ isConnected: false, isPushed: false })
    mkdirSync(join(path, 'in-the-way'))
    edit('sqlite:./data/outbox.db', 'sqlite:./in-the-way')
    const report = await doctor()
    expect(said(report, 'wrong', 'outbox')).toEqual([expect.stringMatching(/in-the-way does not open: /)])
    expect(said(report, 'fine', 'site main')).not.toEqual([])
    expect(report.snippet).toBeDefined()
  })
})

describe('PostgreSQL', () => {
  let url = ''
  let control: Awaited<ReturnType<typeof startPostgres>>['control']
  beforeAll(async () => {
    ({ url, control } = await startPostgres())
  }, 120_000)

  it('is looked at with its clock, without its password; when it is down, that is said in time', async () => {
    const secret = 'a%20password'
    const { doctor } = await openExamined({ change: (config) => config.replace('sqlite:./data/outbox.db', url), isConnected: false, isPushed: false })
    const report = await doctor()
    expect(said(report, 'fine', 'outbox')).toEqual(['the PostgreSQL database opens and takes a write', expect.stringMatching(/0 of 50000000 rows/), "the database's clock agrees with this machine's"])
    if (!control) return
    await control.kill()
    const down = await doctor()
    expect(said(down, 'wrong', 'outbox')).toEqual([expect.stringMatching(/^the PostgreSQL database does not open: /)])
    expect(down.text).not.toContain(secret)
    expect(down.text).not.toContain(new URL(url).password || secret)
  })
})
