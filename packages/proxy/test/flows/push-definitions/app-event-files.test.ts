import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineEvents, number, oneOf, text } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import { expect, it, onTestFinished } from 'vitest'
import { projectFolder } from '../../../src/cli/project-folder.ts'
import { compareAppEventFiles } from '../../../src/flows/push-definitions/compare-app-event-files.ts'
import { events } from '../../stage/events.ts'
import { makeTempFolder } from '../../stage/temp-folder.ts'
import { openHubSpot, run } from './open-hubspot.ts'

function openProject() {
  const temp = makeTempFolder()
  onTestFinished(temp.remove)
  const path = join(temp.path, 'src/app/app-events')
  const folder = projectFolder(path)
  return {
    path,
    compare: (definitions: EventDefinitions, isDeleting = false) => compareAppEventFiles(definitions, folder, isDeleting),
    read: (name: string) => JSON.parse(readFileSync(join(path, name), 'utf8')),
    write: (name: string, text: string) => writeFileSync(join(path, name), text),
    files: () => readdirSync(path),
  }
}

it('writes a file for each event that HubSpot takes; then there is nothing left to do', async () => {
  const project = openProject()
  await run(await project.compare(events))
  expect(project.files()).toEqual(['login', 'profile_changed', 'transaction_completed', 'transaction_initiated'].map((name) => `${name}-hsmeta.json`))
  const hubspot = await openHubSpot()
  for (const name of project.files()) {
    const body = readFileSync(join(project.path, name), 'utf8')
    const { status } = await fetch(`${hubspot.url}/_emulator/app-event-types`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(status, name).toBe(201)
  }
  expect(await project.compare(events)).toEqual({ steps: [], problems: [], notes: [] })
})

it('says what a file gains and loses, and keeps what it holds besides', async () => {
  const project = openProject()
  await run(await project.compare(defineEvents({ login: { properties: { method: oneOf(['sso']), old: text() } } })))
  const before = project.read('login-hsmeta.json')
  project.write('login-hsmeta.json', JSON.stringify({ ...before, config: { ...before.config, description: 'Ours' } }))
  const changed = defineEvents({ login: { header: 'By {{method}}', properties: { method: oneOf(['sso', 'password']), tries: number() } } })
  const { steps } = await project.compare(changed)
  expect(steps.map(({ says }) => says)).toEqual(['update the file login-hsmeta.json'])
  expect(steps[0]?.lines.map(({ change, text }) => `${change} ${text}`)).toEqual([
    'delete header: login',
    'create header: By {{method}}',
    'delete property method: enumeration of sso',
    'create property method: enumeration of sso, password',
    'create property tries: number',
    'delete property old: string',
  ])
  await steps[0]?.run()
  expect(project.read('login-hsmeta.json').config).toMatchObject({ description: 'Ours', headerTemplate: 'By {{method}}' })
  expect((await project.compare(changed)).steps).toEqual([])
})

it('a file that is written another way, and says the same, is no difference', async () => {
  const project = openProject()
  await run(await project.compare(events))
  project.write('login-hsmeta.json', JSON.stringify(project.read('login-hsmeta.json')))
  expect((await project.compare(events)).steps).toEqual([])
})

it('what HubSpot fixes at the first upload is a problem when it changes', async () => {
  const project = openProject()
  await run(await project.compare(defineEvents({ login: { label: 'Old' } })))
  const { problems } = await project.compare(defineEvents({ login: { label: 'New' } }))
  expect(problems).toEqual([expect.stringMatching(/^login-hsmeta\.json: the name is 'Old', the label of 'login' is 'New'\. HubSpot cannot change it/)])
  project.write('login-hsmeta.json', JSON.stringify({ ...project.read('login-hsmeta.json'), config: { name: 'Old', objectType: 'COMPANY' } }))
  expect((await project.compare(defineEvents({ login: { label: 'Old' } }))).problems).toEqual([expect.stringMatching(/the objectType is COMPANY/)])
})

it('a file that nothing defines is deleted where that is asked for; other files of the project never', async () => {
  const project = openProject()
  await run(await project.compare(defineEvents({ login: {}, logout: {} })))
  project.write('app-hsmeta.json', '{ "type": "app" }')
  const left = defineEvents({ login: {} })
  expect(await project.compare(left)).toMatchObject({ steps: [], notes: [expect.stringContaining('logout-hsmeta.json')] })
  expect(await run(await project.compare(left, true))).toEqual(['delete the file logout-hsmeta.json'])
  expect(project.files()).toEqual(['app-hsmeta.json', 'login-hsmeta.json'])
})
