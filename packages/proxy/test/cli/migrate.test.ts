import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventTypesApi } from '../../src/hubspot/definitions/event-types-api.ts'
import { templatesApi } from '../../src/hubspot/definitions/templates-api.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'

const KEY = 'trackline-dev-key'
const OPTIONS = [{ value: 'sso', label: 'Single sign-on' }, { value: 'password', label: 'Password' }]

/** A v1 app as its owner has it: event types made through HubSpot's API, not by us. */
async function openApp() {
  const emulator = await startEmulator()
  onTestFinished(emulator.close)
  const project = makeProject('export default {}')
  onTestFinished(project.remove)
  const post = async (path: string, body: object): Promise<{ id: number }> => {
    const answer = await fetch(`${emulator.url}/integrations/v1/1/timeline/event-types${path}?hapikey=${KEY}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    expect(answer.status).toBe(200)
    return JSON.parse(await answer.text())
  }
  const endpoint = { baseUrl: emulator.url, fetch, timeoutMs: 5_000 }
  return {
    post,
    path: project.path,
    v1: eventTypesApi(endpoint, { appId: 1, developerKey: KEY }),
    v3: templatesApi(endpoint, { appId: 1, access: { developerKey: KEY } }),
    run: (...args: string[]) => runCli(['migrate', 'v1-v3', '--app-id', '1', '--base-url', emulator.url, ...args], { cwd: project.path, env: { HUBSPOT_DEVELOPER_KEY: KEY } }),
  }
}

/** The webinar example of HubSpot's v1 documentation. */
async function makeWebinar({ post }: Awaited<ReturnType<typeof openApp>>): Promise<void> {
  const { id } = await post('', { name: 'Webinar Registration', applicationId: 1, headerTemplate: "Registered for [{{webinarName}}](https://webinars.example/{{webinarId}})", detailTemplate: "It's at {{#formatDate when}}{{/formatDate}}\n\nBy \"{{login}}\"" })
  await post(`/${id}/properties`, { name: 'webinarName', label: 'Webinar Name', propertyType: 'String' })
  await post(`/${id}/properties`, { name: 'webinarId', label: 'Webinar Id', propertyType: 'String', contactProperty: 'last_webinar' })
  await post(`/${id}/properties`, { name: 'login', label: 'login', propertyType: 'Enumeration', options: OPTIONS })
  await post(`/${id}/properties`, { name: 'when', label: 'When', propertyType: 'Date' })
  await post(`/${id}/properties`, { name: 'seats', label: 'seats', propertyType: 'Numeric' })
}

describe('migrate v1-v3', () => {
  it('makes a template of each event type, and an events.ts that pushes nothing more', async () => {
    const app = await openApp()
    await makeWebinar(app)
    const { code, stdout, stderr } = await app.run('--out', 'events.ts', '--yes')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/\+ create the event template 'Webinar Registration'[^]*done: create the event template 'Webinar Registration'[^]*The events are in events\.ts\.[^]*targets: \['timeline-v3'\]/)
    const [old] = await app.v1.list()
    const [made] = await app.v3.list()
    expect(made).toMatchObject({ name: 'Webinar Registration', header: old?.header, detail: old?.detail })
    expect(made?.properties.map(({ name, type, stamps }) => [name, type, stamps])).toEqual([['webinarName', 'string', undefined], ['webinarId', 'string', 'last_webinar'], ['login', 'enumeration', undefined], ['when', 'date', undefined], ['seats', 'number', undefined]])
    expect(readFileSync(join(app.path, 'events.ts'), 'utf8')).toBe(`import { date, defineEvents, number, oneOf, text } from '@trackline/shared'

export const events = defineEvents({
  webinar_registration: {
    label: 'Webinar Registration',
    header: 'Registered for [{{webinarName}}](https://webinars.example/{{webinarId}})',
    detail: 'It\\'s at {{#formatDate when}}{{/formatDate}}\\n\\nBy "{{login}}"',
    properties: {
      webinarName: text({ optional: true, label: 'Webinar Name' }),
      webinarId: text({ optional: true, label: 'Webinar Id', contactProperty: 'last_webinar' }),
      login: oneOf(['sso', 'password'], { optional: true }),
      when: date({ optional: true, label: 'When' }),
      seats: number({ optional: true }),
    },
  },
})
export type Events = typeof events
`)
    expect((await runCli(['preview', '--events', 'events.ts'], { cwd: app.path })).code).toBe(0)
  })

  it('a second time there is nothing left to make', async () => {
    const app = await openApp()
    await makeWebinar(app)
    await app.run('--yes')
    const again = await app.run('--yes')
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/^Nothing to do/)
    expect(again.stdout).toContain('export const events = defineEvents({')
  })

  it('a dry run changes nothing, and prints the plan and the source', async () => {
    const app = await openApp()
    await makeWebinar(app)
    const { stdout } = await app.run('--dry-run')
    expect(stdout).toMatch(/Plan: 1 to create[^]*webinar_registration: \{/)
    expect(await app.v3.list()).toEqual([])
    const json = JSON.parse((await app.run('--dry-run', '--json')).stdout)
    expect(json).toMatchObject({ steps: [{ change: 'create' }], problems: [], source: expect.stringContaining('webinar_registration') })
  })

  it('says what v3 cannot take as it was, and keeps events of companies apart', async () => {
    const app = await openApp()
    await app.post('', { name: 'x'.repeat(60), applicationId: 1 })
    await app.post('', { name: 'Order placed', applicationId: 1, objectType: 'COMPANY' })
    const { stdout } = await app.run('--yes')
    expect(stdout).toMatch(/note: 'x{60}' has 60 characters, v3 takes 50: it becomes 'x{50}'/)
    expect(stdout).toMatch(/order_placed: \{\n {4}objectType: 'companies',/)
  })

  it.each<[string[], Record<string, string>, number, RegExp]>([
    [['--app-id', 'one'], { HUBSPOT_DEVELOPER_KEY: KEY }, 2, /--app-id must be the number of a HubSpot app: got 'one'/],
    [['--app-id', '1'], {}, 1, /HUBSPOT_DEVELOPER_KEY must be set/],
    [['--app-id', '1', '--out', 'trackline.config.ts'], { HUBSPOT_DEVELOPER_KEY: KEY }, 2, /--out: trackline\.config\.ts is there already: name another file, or replace it with --force/],
  ])('%j is refused before HubSpot is asked', async (args, env, code, says) => {
    const project = makeProject('export default {}')
    const ran = await runCli(['migrate', 'v1-v3', ...args], { cwd: project.path, env })
    project.remove()
    expect(ran.code).toBe(code)
    expect(ran.stderr).toMatch(says)
  })

  it('an app without event types is told so', async () => {
    const app = await openApp()
    expect(await app.run('--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('app 1 has no event types of v1') })
  })
})
