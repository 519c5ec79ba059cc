import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findFreePorts } from './stage/free-ports.ts'
import { APPS } from './stage/frameworks/apps.ts'
import type { Place } from './stage/frameworks/apps.ts'
import { copyApp, runTool } from './stage/frameworks/build-app.ts'
import { FRAMEWORKS, installFrameworks } from './stage/frameworks/install-frameworks.ts'
import { openBrowser } from './stage/open-browser.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { waitUntil } from './stage/wait-until.ts'

const README = fileURLToPath(new URL('../packages/snippet/README.md', import.meta.url))

let stage: Stage
let siteUrl: string
let browser: Browser
let context: BrowserContext
let page: Page
/** Names of the events that the page has posted. */
let posted: string[]

beforeAll(async () => {
  siteUrl = `http://127.0.0.1:${await findFreePorts()}`
  await installFrameworks()
  stage = await openStage({ env: { TRACKLINE_DEMO_ORIGIN: siteUrl } })
  browser = await openBrowser()
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})
beforeEach(async () => {
  posted = []
  context = await browser.newContext()
  page = await context.newPage()
  page.on('request', (request) => {
    if (request.method() === 'POST') posted.push(...request.postDataJSON().batch.map(({ event }: { event: string }) => event))
  })
})
afterEach(() => context.close())

const signIn = (user: string) => context.addCookies([{ name: 'user', value: user, url: siteUrl }])
/** The tracker has begun once it asks who is signed in; by the answer, the page has come to life. */
const open = () => Promise.all([page.waitForResponse('**/session-token'), page.goto(siteUrl)])
const press = (name: string) => page.getByRole('button', { name }).click()
const timelineOf = (user: string) => stage.hubspot.events(`${user}@example.com`)

describe.each(APPS)('$name', ({ name, build, serve, render }) => {
  let place: Place
  let close: () => Promise<unknown>

  beforeAll(async () => {
    place = { folder: copyApp(name, stage.proxyUrl), siteUrl, env: stage.env }
    for (const command of build) await runTool(place.folder, command)
    close = await serve(place)
  }, 300_000)
  afterAll(() => close?.())

  it('tracks from a component: the event is on the timeline, once', async () => {
    await signIn(`ada_${name}`)
    const problems: string[] = []
    page.on('pageerror', ({ message }) => problems.push(message))
    await open()
    await press('Sign in')
    await waitUntil('the login is on the timeline', async () => (await timelineOf(`ada_${name}`)).length > 0)
    expect(await timelineOf(`ada_${name}`)).toMatchObject([{ header: 'Logged in with sso', writes: 1 }])
    expect({ posted, problems }).toEqual({ posted: ['login'], problems: [] })
  })

  it('forgets on sign-out what nobody was signed in for', async () => {
    await open()
    const asked = page.waitForResponse('**/session-token')
    await press('Sign in')
    await asked
    await press('Sign out')
    await signIn(`bob_${name}`)
    await press('Sign in')
    await waitUntil('the login is on the timeline', async () => (await timelineOf(`bob_${name}`)).length > 0)
    expect(posted).toEqual(['login'])
  })

  it.runIf(render)('renders on a server, where nothing is sent', async () => {
    const before = await stage.hubspot.events()
    const html = await render?.(place)
    expect(html).toMatch(/<button[^>]*>Sign in<\/button>/)
    expect(await stage.hubspot.events()).toEqual(before)
  })
})

describe('the published package', () => {
  const manifest = () => JSON.parse(readFileSync(join(FRAMEWORKS, 'node_modules/@trackline/snippet/package.json'), 'utf8'))
  const doors = () => Object.entries<{ require?: string }>(manifest().exports).filter(([path]) => !path.endsWith('.js'))
  const nameOf = (path: string) => `@trackline/snippet${path.slice(1)}`
  const run = async (code: string) => {
    const file = join(copyApp('react', stage.proxyUrl), 'program.mjs')
    writeFileSync(file, code)
    return runTool(FRAMEWORKS, [file])
  }

  it('opens all its doors to an import', async () => {
    const paths = doors().map(([path]) => nameOf(path))
    expect(paths.length).toBeGreaterThan(10)
    const code = `for (const path of ${JSON.stringify(paths)}) console.log(path, Object.keys(await import(path)).length > 0)`
    expect(await run(code)).toBe(paths.map((path) => `${path} true\n`).join(''))
  })

  it('opens those that say so to require', async () => {
    const paths = doors().flatMap(([path, { require: file }]) => (file ? [nameOf(path)] : []))
    expect(paths.length).toBeGreaterThan(3)
    const code = `import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      for (const path of ${JSON.stringify(paths)}) console.log(path, require.resolve(path).endsWith('.cjs') && Object.keys(require(path)).length > 0)`
    expect(await run(code)).toBe(paths.map((path) => `${path} true\n`).join(''))
  })
})

describe('the published types', () => {
  it.each(['react', 'solid'])('of %s take a right call, and no wrong one', async (name) => {
    const folder = copyApp(name, stage.proxyUrl)
    const compile = () => runTool(folder, ['tsc', '-p', '.']).then(() => '', String)
    expect(await compile()).toBe('')
    const file = join(folder, 'App.tsx')
    writeFileSync(file, readFileSync(file, 'utf8').replace("'sso'", "'magic'"))
    expect(await compile()).toMatch(/App\.tsx.*"magic"/)
  })
})

describe('the README of the snippet', () => {
  const blocks = [...readFileSync(README, 'utf8').matchAll(/^```\w+ (\S+)\n(.*?)^```/gms)]

  it('has code of every framework', () => {
    const shown = new Set(blocks.map(([, path = '']) => path.split('/')[0]))
    expect([...shown]).toEqual(expect.arrayContaining(APPS.map(({ name }) => name)))
  })

  it.each(blocks.map(([, path = '', code = '']) => ({ path, code })))('shows $path as it is built here', ({ path, code }) => {
    const file = join(FRAMEWORKS, path)
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(code)
  })
})
