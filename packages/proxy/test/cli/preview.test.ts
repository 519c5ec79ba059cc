import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'

const project = makeProject(projectConfig().replace("label: 'Logged in',", "label: 'Logged in', header: 'Logged in with {{method}}', detail: 'See [this](https://a.example)',"))
afterAll(project.remove)
/** No secret is in the environment: none is needed. */
const preview = (...args: string[]) => runCli(['preview', ...args], { cwd: project.path })

it('shows an event in the terminal, with the values given', async () => {
  const { code, stdout, stderr } = await preview('login', '--prop', 'method=sso', '--prop', 'lastLogin=2026-11-21T08:00:00Z', '--timestamp', '2026-11-22T10:21:00Z')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`login
│ Logged in with sso  22 Nov 2026, 10:21 UTC
│
│ See this (https://a.example)
│
│ method     sso
│ lastLogin  21 Nov 2026, 08:00 UTC  → contact property last_login
`)
})

it('writes all events as a page', async () => {
  const { code, stdout } = await preview('--html', 'preview.html')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^The page is at .*preview\.html\n$/)
  expect(readFileSync(join(project.path, 'preview.html'), 'utf8')).toContain('<div class="line">Logged in with password</div>')
})

it('prints JSON for a program', async () => {
  const { previews } = JSON.parse((await preview('login', '--json', '--prop', 'method=sso')).stdout)
  expect(previews).toMatchObject([{ event: 'login', header: 'Logged in with sso', values: [{ name: 'method', value: 'sso', isMadeUp: false }, { name: 'lastLogin', isMadeUp: true }] }])
})

it.each<[string[], RegExp]>([
  [['logn'], /<event>: no event 'logn' is defined \(did you mean 'login'\?\)/],
  [['login', '--prop', 'method'], /--prop must be name=value: got 'method'/],
  [['login', '--prop', 'method=sos'], /--prop: 'method' of 'login' must be one of 'password', 'sso': got 'sos' \(did you mean 'sso'\?\)/],
  [['--prop', 'method=sso'], /--prop: name the event that it belongs to/],
  [['login', '--extra-data', '{'], /--extra-data must be JSON/],
  [['login', '--timestamp', 'now'], /--timestamp must be ISO 8601 with a zone/],
  [['--events', 'nowhere.ts'], /--events: there is no file at .*nowhere\.ts/],
])('%j is wrong usage', async (args, says) => {
  const { code, stderr } = await preview(...args)
  expect(code).toBe(2)
  expect(stderr).toMatch(says)
})

it('a template with an error says where', async () => {
  const broken = makeProject(projectConfig().replace("label: 'Logged in',", "header: 'By {{metod}}',"))
  const { code, stderr } = await runCli(['preview', 'login'], { cwd: broken.path })
  broken.remove()
  expect(code).toBe(1)
  expect(stderr).toContain("the header of 'login': line 1, column 4: 'metod' is no property (did you mean 'method'?)")
})
