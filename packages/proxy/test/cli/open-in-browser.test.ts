import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'
import { until } from '../stage/until.ts'

const KEYS = { TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` }

/** A project on a machine whose browser writes down what it was told to show. */
function openProject() {
  const project = makeProject(projectConfig())
  // SQLite takes an empty file for a new one.
  mkdirSync(join(project.path, 'data'))
  writeFileSync(join(project.path, 'data', 'outbox.db'), '')
  const machine = makeTempFolder()
  onTestFinished(project.remove)
  onTestFinished(machine.remove)
  const opened = join(machine.path, 'opened')
  for (const name of ['xdg-open', 'open']) {
    const browser = join(machine.path, name)
    // Moved into place, so that it is never read half-written.
    writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$@" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`)
    chmodSync(browser, 0o755)
  }
  const env = { ...KEYS, PATH: [machine.path, process.env.PATH].join(delimiter) }
  return {
    cli: (...args: string[]) => runCli(args, { cwd: project.path, env }),
    withoutBrowser: (...args: string[]) => runCli(args, { cwd: project.path, env: { ...KEYS, PATH: '' } }),
    isOpened: () => existsSync(opened),
    opened: () => until('the browser shows it', () => existsSync(opened) && readFileSync(opened, 'utf8').trim()),
  }
}

it('preview --open shows a page of its own in the browser', async () => {
  const { cli, opened } = openProject()
  const { code, stdout } = await cli('preview', 'login', '--open')
  expect(code).toBe(0)
  const page = await opened()
  expect(stdout).toBe(`The page is at ${page}\n`)
  expect(readFileSync(page, 'utf8')).toContain('Logged in')
})

it('preview --html --open shows the page that was named', async () => {
  const { cli, opened } = openProject()
  const { stdout } = await cli('preview', '--html', 'page.html', '--open', '--json')
  expect(await opened()).toBe(JSON.parse(stdout).page)
})

it('connect --open shows the link that it prints', async () => {
  const { cli, opened } = openProject()
  const { stdout } = await cli('connect', '--site', 'main', '--open', '--json')
  expect(await opened()).toBe(JSON.parse(stdout).url)
})

it('without --open no browser is started; without a browser the place is printed all the same', async () => {
  const { cli, withoutBrowser, isOpened } = openProject()
  await cli('connect', '--site', 'main')
  expect(isOpened()).toBe(false)
  const { code, stdout, stderr } = await withoutBrowser('preview', 'login', '--open')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^The page is at .*preview\.html\n$/)
})
