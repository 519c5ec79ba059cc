import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { boolean, count, date, defineEvents, number, oneOf, text } from '@trackline/shared'
import { expect, it, onTestFinished } from 'vitest'
import { writeEventTypes } from '../../src/cli/event-types-file.ts'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'

const TSC = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))

const events = defineEvents({
  login: {
    label: 'Logged in */ here',
    properties: {
      method: oneOf(['sso', "pass'word"]),
      device: text({ optional: true, label: 'Device' }),
      'user.tries': number({ optional: true }),
      trusted: boolean({ optional: true }),
      since: date({ optional: true }),
      logins: number({ derive: count('login') }),
    },
  },
  logout: {},
  'poll answered': { properties: { name: text() } },
})

const USE = `
import { createTracker } from '@trackline/snippet'
import type { Events } from './trackline-events.d.ts'
const tracker = createTracker<Events>({ endpoint: 'https://t.example.com/v1/batch' })

void track('login', { method: 'sso' })
void track('login', { method: "pass'word", device: null, 'user.tries': 1, trusted: true, since: new Date() }, { extraData: [1] })
void track('logout')
void track('poll answered', { name: 'x' })
track.reset()
void tracker.track('login', { method: 'sso', device: 'phone' })
void tracker.track('logout')

// @ts-expect-error the event is not defined
void track('logn')
// @ts-expect-error a property is missing
void track('login')
// @ts-expect-error the value is none of the enumeration's
void track('login', { method: 'sos' })
// @ts-expect-error a computed property is not sent
void track('login', { method: 'sso', logins: 1 })
// @ts-expect-error the event is not defined
void tracker.track('logn')
// @ts-expect-error a property is missing
void tracker.track('poll answered')
// @ts-expect-error the value is none of the enumeration's
void tracker.track('login', { method: 'sos' })
`

it('right calls compile against the types and wrong ones do not, for the script tag and for createTracker', () => {
  const project = makeProject('export default {}')
  onTestFinished(project.remove)
  writeFileSync(join(project.path, 'trackline-events.d.ts'), writeEventTypes(events))
  writeFileSync(join(project.path, 'use.ts'), USE)
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--allowImportingTsExtensions', '--types', 'node', '--target', 'es2024']
  const compile = () => execFileSync(process.execPath, [TSC, ...options, 'use.ts', 'trackline-events.d.ts'], { cwd: project.path, encoding: 'utf8', stdio: 'pipe' })
  expect(reported(compile)).toBe('')
})

function reported(run: () => string): string {
  try {
    return run()
  } catch (error) {
    return String(Reflect.get(Object(error), 'stdout'))
  }
}

it('the file is written, checked, and found out of date when the definitions change', async () => {
  const project = makeProject(projectConfig())
  onTestFinished(project.remove)
  const run = (...args: string[]) => runCli(['events', 'types', ...args], { cwd: project.path })
  expect((await run('--out', 'e.d.ts', '--check')).code).toBe(1)
  expect(await run('--out', 'e.d.ts')).toEqual({ code: 0, stdout: 'e.d.ts is written\n', stderr: '' })
  expect(readFileSync(join(project.path, 'e.d.ts'), 'utf8')).toContain('method: "password" | "sso"')
  expect(await run('--out', 'e.d.ts', '--check')).toMatchObject({ code: 0, stdout: 'e.d.ts is up to date\n' })
  writeFileSync(join(project.path, 'trackline.config.ts'), projectConfig().replace("'sso'", "'passkey'"))
  expect(await run('--out', 'e.d.ts', '--check')).toMatchObject({ code: 1, stdout: expect.stringContaining('is not up to date') })
  expect(await run('--check')).toMatchObject({ code: 2, stderr: expect.stringContaining('--check: name the file with --out') })
})
