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

  it('delivers an event under a token that "token mint" prints', async () => {
    const [, proxyUrl, emulatorUrl] = dev?.match ?? []
    const minted = await runCli(['token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'ada@example.com'], { cwd: project.path })
    expect(minted).toMatchObject({ code: 0, stderr: '' })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${minted.stdout.trim()}`, origin: 'https://app.example.com' }
    const answer = await fetch(`${proxyUrl}/v1/track`, { method: 'POST', headers, body: JSON.stringify({ event: 'login', properties: { method: 'sso' } }) })
    expect(answer.status).toBe(202)
    await until('it is on the timeline', async () => {
      const events: unknown[] = await (await fetch(`${emulatorUrl}/_emulator/events?email=ada@example.com`)).json()
      return events.length === 1
    })
  })
})
