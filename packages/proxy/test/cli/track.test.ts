import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sharedSecret } from '@trackline/session'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { waitForEvent } from '../../src/cli/track/wait-for-event.ts'
import { MAX_WAITERS } from '../../src/http/settle-waiters.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'
import { PORTAL, SECRET, startStack } from '../stage/start-stack.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'

const { key, digest } = generateServerKey()
const writer = generateServerKey()
const stack = await startStack({ site: { serverKeys: [digest, `${writer.digest} events:write,events:identify`] } })
const empty = makeTempFolder()
afterAll(async () => {
  await stack.close()
  empty.remove()
})

/** From a folder that has no configuration, as on a server of the site's owner. */
const track = (args: string[], serverKey = key) => runCli(['track', ...args, '--url', stack.server.url], { cwd: empty.path, env: { TRACKLINE_SERVER_KEY: serverKey } })

describe('trackline track', () => {
  it('with --wait ends with 0 once HubSpot has the event, on that person\'s timeline', async () => {
    const { code, stdout, stderr } = await track(['login', '--site', 'main', '--email', 'ada@example.com', '--user-id', '42', '--prop', 'method=sso', '--wait', '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const outcome = JSON.parse(stdout)
    expect(outcome).toMatchObject({ status: 'queued', state: 'delivered', deliveries: [{ target: 'timeline-v3', state: 'delivered' }] })
    const [event] = await stack.delivered('ada@example.com', 1)
    expect(event).toMatchObject({ tokens: { method: 'sso' }, id: outcome.deliveries[0].eventId })
  })

  it('without it ends with 0 once the event is stored, and says how to ask; the same id again is a duplicate', async () => {
    const login = ['login', '--email', 'grace@example.com', '--prop', 'method=sso', '--message-id', 'from-a-shell']
    expect(await track(login)).toEqual({ code: 0, stdout: 'login is stored, as from-a-shell; "trackline explain from-a-shell" says what became of it\n', stderr: '' })
    expect((await track(login)).stdout).toMatch(/^login was sent before, as from-a-shell/)
  })

  it('ends with 1 and the reason when the event is rejected', async () => {
    const { code, stdout } = await track(['login', '--email', 'ada@example.com', '--prop', 'method=fax'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^login was rejected: PROPERTY_INVALID: .*method/) })
  })

  it('with --wait ends with 1 and HubSpot\'s reason when it was given up', async () => {
    await fetch(`${stack.emulator.url}/_emulator/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ next: 1, status: 400 }) })
    const { code, stdout } = await track(['login', '--email', 'dead@example.com', '--prop', 'method=sso', '--wait'])
    await fetch(`${stack.emulator.url}/_emulator/faults`, { method: 'DELETE' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/it was given up\n {2}timeline-v3: dead, 1 attempt: HUBSPOT_REJECTED_EVENT: HubSpot refused this event/) })
  })

  it('with --wait ends with 1 when it still waits at the end of the time, and says for what', async () => {
    const { code, stdout } = await track(['login', '--user-id', 'nobody knows', '--prop', 'method=sso', '--wait', '1'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/it waits for an email of this person/) })
  })

  it('asks a service that cannot let it wait once a second', async () => {
    const { waiters } = stack.server.parts
    const others = Array.from({ length: MAX_WAITERS }, () => waiters.open('another'))
    const asking = vi.spyOn(globalThis, 'fetch')
    onTestFinished(() => {
      others.forEach((other) => other?.close())
      asking.mockRestore()
    })
    await track(['login', '--user-id', 'nobody knows', '--prop', 'method=sso', '--message-id', 'one of many'])
    const status = await waitForEvent({ url: stack.server.url, site: 'main', sites: [], key, events: undefined }, { messageId: 'one of many', userId: 'nobody knows', forSeconds: 1 })
    expect(status.state).toBe('needs_identity')
    expect(asking.mock.calls.filter(([address]) => String(address).includes('/v1/events/')).length).toBeLessThanOrEqual(3)
  })

  it('a key that may not do this, or is none, is told with what to do', async () => {
    const login = ['login', '--email', 'ada@example.com', '--prop', 'method=sso']
    expect(await track([...login, '--wait'], writer.key)).toMatchObject({ code: 1, stderr: expect.stringMatching(/SERVER_KEY_SCOPE: .*events:read/) })
    expect(await track(login, generateServerKey().key)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/SERVER_KEY_INVALID: .*; make one with/) })
    expect(await track(login, '')).toMatchObject({ code: 1, stderr: expect.stringMatching(/TRACKLINE_SERVER_KEY is not set/) })
  })

  it('a site that is not there, or is not said where there are several, is told by the option', async () => {
    const login = ['login', '--email', 'ada@example.com', '--prop', 'method=sso']
    expect(await track([...login, '--site', 'mian'])).toEqual({ code: 2, stdout: '', stderr: `trackline: --site: no site 'mian' is configured at ${stack.server.url}\n` })
    const site = { origins: [], session: sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'trackline' }), portal: PORTAL }
    const several = await startStack({ isConnected: false, config: { sites: { main: site, shop: site } } })
    const project = makeProject(projectConfig().replace(/publicUrl: '[^']*'/, `publicUrl: '${several.server.url}'`).replace("    main: {", "    shop: { origins: [], session: [], portal: 1 },\n    main: {"))
    onTestFinished(async () => {
      await several.close()
      project.remove()
    })
    const inProject = (...args: string[]) => runCli(['track', ...login, ...args], { cwd: project.path, env: { TRACKLINE_SERVER_KEY: key } })
    expect(await inProject()).toEqual({ code: 2, stdout: '', stderr: 'trackline: --site must say to which of several sites the event belongs: there are shop, main\n' })
    expect(await inProject('--site', 'mian')).toMatchObject({ code: 2, stderr: expect.stringMatching(/no site 'mian' is configured at http.*: there are shop, main\n$/) })
  })

  it('an outbox that refuses is told with the time after which it is worth another try', async () => {
    const disk = new DatabaseSync(join(stack.folder, 'outbox.db'), { timeout: 5_000 })
    disk.exec("create trigger refuse before insert on outbox begin select raise(abort, 'database or disk is full'); end")
    const refused = await track(['login', '--email', 'ada@example.com', '--prop', 'method=sso'])
    disk.exec('drop trigger refuse')
    disk.close()
    expect(refused).toEqual({ code: 1, stdout: '', stderr: 'trackline: OUTBOX_UNAVAILABLE: the event could not be stored; send it again after 5 s\n' })
  })

  it('a service that is not there, or is another, is named', async () => {
    const options = { cwd: empty.path, env: { TRACKLINE_SERVER_KEY: key } }
    const login = ['track', 'login', '--email', 'ada@example.com', '--url']
    expect(await runCli([...login, 'http://127.0.0.1:1'], options)).toMatchObject({ code: 1, stderr: expect.stringMatching(/no answer from http:\/\/127\.0\.0\.1:1: .*/) })
    expect(await runCli([...login, stack.emulator.url], options)).toMatchObject({ code: 1, stderr: expect.stringMatching(/answered 404, not as the service does/) })
  })

  it.each([
    [['login', '--prop', 'method=sso'], /--email or --user-id must say whose event it is/],
    [['login', '--email', 'a@example.com', '--prop', 'method'], /--prop must be name=value: got 'method'/],
    [['login', '--email', 'a@example.com', '--wait', '601'], /--wait must be seconds from 1 to 600: got '601'/],
    [[], /missing required argument 'event'/],
  ])('%j is wrong usage', async (args, says) => {
    expect(await track(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) })
  })

  it('takes address, key and the kind of each property from the project\'s folder', async () => {
    const config = projectConfig().replace(/publicUrl: '[^']*'/, `publicUrl: '${stack.server.url}'`).replace("method: oneOf(['password', 'sso'])", 'method: text()').replace('{ date,', '{ text, date,').replace('oneOf, ', '')
    const project = makeProject(config)
    writeFileSync(join(project.path, '.env'), `TRACKLINE_SERVER_KEY=${key}\n`)
    // A number would be refused as a text; here the definition says that it is none.
    const { stdout } = await runCli(['track', 'login', '--email', 'ada@example.com', '--prop', 'method=7'], { cwd: project.path })
    project.remove()
    expect(stdout).toMatch(/login was rejected: PROPERTY_INVALID: .*'7'/)
  })
})
