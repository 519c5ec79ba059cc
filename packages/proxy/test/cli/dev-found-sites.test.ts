import { sharedSecret } from '@trackline/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../stage/until.ts'
import { freePort, makeProject, startCli } from '../stage/run-cli.ts'

const SECRET = 'a secret of at least thirty-two bytes'
const CONFIG = `
import { defineConfig, sharedSecret } from '@trackline/proxy'
import { date, defineEvents, oneOf, previous } from '@trackline/shared'

const customers = [
  { name: 'first', origins: ['https://first.example.com'], portal: 1001 },
  { name: 'second', origins: ['https://second.example.com'], portal: 1002 },
]

export default defineConfig({
  publicUrl: 'https://t.example.com',
  hubspot: { clientId: 'x', clientSecret: 'x', developerKey: 'x', appId: 7 },
  sites: (asked, by) => {
    const row = customers.find((each) => (by === 'name' ? each.name === asked : each.origins.includes(asked)))
    return row && { ...row, session: sharedSecret({ secret: '${SECRET}', issuer: 'shop', audience: row.name }), version: 1 }
  },
  events: defineEvents({
    login: { label: 'Logged in', properties: { method: oneOf(['password', 'sso']), lastLogin: date({ derive: previous('login'), contactProperty: 'last_login' }) } },
  }),
})
`

describe('trackline dev, with sites that a function finds', () => {
  const project = makeProject(CONFIG)
  let dev: Awaited<ReturnType<typeof startCli>> | undefined
  beforeAll(async () => {
    const port = await freePort()
    dev = await startCli(['dev', '--port', String(port)], /^trackline listens on (\S+)\nHubSpot emulator listens on (\S+)$/m, { cwd: project.path, env: {} })
  }, 60_000)
  afterAll(async () => {
    await dev?.stop('SIGTERM')
    project.remove()
  })

  it.each(['first', 'second'])('the first event of %s connects its account and defines the events there; then it is delivered', async (name) => {
    const [, proxyUrl, emulatorUrl] = dev?.match ?? []
    const token = await sharedSecret({ secret: SECRET, issuer: 'shop', audience: name }).mint?.({ sub: 'ada', email: `ada@${name}.example.com` })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, origin: `https://${name}.example.com` }
    const answer = await fetch(`${proxyUrl}/v1/track`, { method: 'POST', headers, body: JSON.stringify({ event: 'login', properties: { method: 'sso' } }) })
    expect(answer.status).toBe(202)
    const timeline = await until(`an event of ${name}`, async () => {
      const events: { templateName: string }[] = await (await fetch(`${emulatorUrl}/_emulator/events?email=ada@${name}.example.com`)).json()
      return events.length > 0 && events
    })
    expect(timeline).toMatchObject([{ templateName: 'Logged in' }])
  })
})
