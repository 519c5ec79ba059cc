import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePorts } from './stage/free-ports.ts'
import { generateServerKey } from './stage/generate-server-key.ts'
import { mintToken } from './stage/mint-token.ts'
import { openBrowser } from './stage/open-browser.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { readCodeBlocks, readCommands, readInlineCommands, readLinks } from './stage/read-page.ts'
import { mustRunTrackline } from './stage/run-trackline.ts'
import { serveSite } from './stage/serve-site.ts'
import { waitUntil } from './stage/wait-until.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const README = join(ROOT, 'README.md')
/** Inside the repository, where the packages are found by their names; git ignores it. */
const FOLDER = fileURLToPath(new URL(`data/readme-${process.pid}`, import.meta.url))
const EXAMPLE_ADDRESS = 'https://t.example.com'
const READER = 'reader@example.com'
const CHECKED_LANGUAGES = ['ts', 'html', 'sh', 'ini']

const blocks = readCodeBlocks(README)
const of = (language: string) => blocks.filter((block) => block.language === language)
const commands = of('sh').flatMap(({ code }) => readCommands(code))

let stage: Stage
let closeSite: () => Promise<void>
let siteUrl: string
let serverKey: string
let page = ''
const helps = new Map<string, Promise<string>>()

beforeAll(async () => {
  siteUrl = `http://127.0.0.1:${await findFreePorts()}`
  const { key, digest } = await generateServerKey()
  serverKey = key
  stage = await openStage({ env: { TRACKLINE_DEMO_ORIGIN: siteUrl, TRACKLINE_STAGE_SERVER_KEY: digest } })
  const sessionToken = async () => JSON.stringify({ token: await mintToken(stage.env, { id: 'reader', email: READER }) })
  closeSite = await serveSite(siteUrl, { '/': ['text/html', () => page], '/session-token': ['application/json', sessionToken] })
})
afterAll(async () => {
  await closeSite()
  await stage.close()
  rmSync(FOLDER, { recursive: true, force: true })
})

it('every code block of the README is of a language that is checked here, and there is one of each', () => {
  const unchecked = blocks.filter(({ language }) => !CHECKED_LANGUAGES.includes(language))
  expect(unchecked.map(({ language, line }) => `README.md:${line} "${language}"`)).toEqual([])
  for (const language of CHECKED_LANGUAGES) expect(of(language).length).toBeGreaterThan(0)
})

it('the variables that the README names are those that its TypeScript reads', () => {
  const named = of('ini').flatMap(({ code }) => [...code.matchAll(/^(\w+)=/gm)].map(([, name]) => name))
  const read = of('ts').flatMap(({ code }) => [...code.matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name))
  expect([...new Set(named)].sort()).toEqual([...new Set(read)].sort())
})

it.each(readLinks(README))('the link to %s leads somewhere', (target) => {
  expect(existsSync(join(ROOT, target))).toBe(true)
})

describe('TypeScript of the README', () => {
  let complaints: string[]

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true })
    const tsconfig = { extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'], exclude: [] }
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(tsconfig))
    for (const { code, line } of of('ts')) writeFileSync(join(FOLDER, fileNameOf(code) ?? `line-${line}.ts`), code)
    const usage = of('ts').find(({ code }) => code.includes(".track('login', { method: 'sso' })"))?.code ?? ''
    writeFileSync(join(FOLDER, 'unknown-event.ts'), usage.replace(".track('login'", ".track('logn'"))
    writeFileSync(join(FOLDER, 'wrong-property.ts'), usage.replace("{ method: 'sso' }", "{ method: 'magic' }"))
    complaints = await compile()
  })

  it('compiles, strictly, as the files it says it is', () => {
    expect(complaints.filter((line) => !/\/(unknown-event|wrong-property)\.ts/.test(line))).toEqual([])
  })

  it.each([['unknown-event', '"logn"'], ['wrong-property', '"magic"']])('does not compile with an %s', (name, value) => {
    expect(complaints.filter((line) => line.includes(`/${name}.ts`))).toEqual([expect.stringContaining(`'${value}'`)])
  })
})

describe('HTML of the README', () => {
  it.each(of('html'))('of line $line tracks from a real page, as it stands', async ({ code }) => {
    page = `<!doctype html><title>A reader's page</title>${code.replaceAll(EXAMPLE_ADDRESS, stage.proxyUrl)}`
    expect(page).toContain(`src="${stage.proxyUrl}/s.js"`)
    const tracked = [...code.matchAll(/>track\('(\w+)'/g)].map(([, name]) => name)
    expect(tracked.length).toBeGreaterThan(0)
    const browser = await openBrowser()
    try {
      const tab = await browser.newPage()
      const problems: string[] = []
      tab.on('pageerror', (error) => problems.push(error.message))
      await tab.goto(siteUrl)
      await waitUntil('the events are on the timeline', async () => (await stage.hubspot.events(READER)).length >= tracked.length)
      expect(problems).toEqual([])
    } finally {
      await browser.close()
    }
  })

  it('begins with the line that the demo site uses, character by character', async () => {
    const demo = readFileSync(new URL('public/index.html', import.meta.resolve('@trackline/example-plain-html')), 'utf8')
    const stub = /<script>window\.track.*<\/script>/.exec(demo)?.[0] ?? 'the demo has no stub'
    for (const { code } of of('html').filter((block) => block.code.includes('s.js'))) expect(code).toContain(stub)
  })
})

describe('samples of the README', () => {
  it('ask for the session in one way: by the address, whose 204 the tracker understands', () => {
    const addresses = [...of('html'), ...of('ts')].flatMap(({ code }) => /data-session="([^"]+)"|createTracker<[^]*?session: '([^']+)'/.exec(code)?.slice(1) ?? [])
    const trackers = [...of('html'), ...of('ts')].filter(({ code }) => /s\.js|createTracker</.test(code))
    expect(addresses.filter(Boolean)).toEqual(trackers.map(() => '/session-token'))
  })

  it('speak for one person, whether a server sends it or a shell', () => {
    const [asked] = commands.flatMap((command) => /"userId": "(\w+)"/.exec(command)?.[1] ?? [])
    const [named] = readInlineCommands(README).flatMap((command) => /^trackline track .*--user-id (\w+)/.exec(command)?.[1] ?? [])
    expect(named).toBe(asked)
    expect(named).toBeDefined()
  })
})

describe('commands of the README', () => {
  const ours = [...commands, ...readInlineCommands(README)].filter((command) => command.startsWith('trackline '))

  it.each([...new Set(ours)])('%s exists, with its options', async (command) => {
    const names = command.slice('trackline '.length).replace(/ -.*/, '')
    const help = await helpOf(names)
    const [, used = 'no usage', placeholders = ''] = /^Usage: trackline ([a-z0-9 -]+?) \[options\](.*)/.exec(help) ?? []
    expect(`${names} `).toMatch(new RegExp(`^${used} `))
    // What the command's own name leaves over are arguments, and it takes as many.
    expect(names.split(' ').length - used.split(' ').length).toBeLessThanOrEqual(placeholders.split(/[[<]/).length - 1)
    for (const option of command.match(/--[\w-]+/g) ?? []) expect(help).toMatch(new RegExp(`${option}[ ,\\n]`))
  })

  it.each(commands.filter((command) => /(^| )npm /.test(command)))('%s is a script of this repository, or installs what one of them packs', (command) => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const [, verb = '', ...rest] = command.slice(command.indexOf('npm ')).split(' ')
    if (verb === 'install') expect(rest).toEqual(['../trackline/dist/*.tgz'])
    else expect(Object.keys(scripts)).toContain(verb === 'run' ? rest[0] : verb)
  })

  it.each(commands.filter((command) => command.startsWith('curl ')))('%s is answered 202', async (command) => {
    const here = `${command.replaceAll(EXAMPLE_ADDRESS, stage.proxyUrl)} --silent --output /dev/null --write-out '%{http_code}'`
    const { stdout } = await run('sh', ['-c', here], { env: { PATH: process.env.PATH ?? '', TRACKLINE_SERVER_KEY: serverKey } })
    expect(stdout).toBe('202')
  })

  it('are all of a kind that is checked here', () => {
    expect(commands.filter((command) => !/^(trackline|curl|npm|TRACKLINE_PORT=\d+ npm) /.test(command))).toEqual([])
  })
})

/** A block is the file that its exports make it. */
function fileNameOf(code: string): string | undefined {
  if (/export const events = defineEvents/.test(code)) return 'events.ts'
  return /export default defineConfig/.test(code) ? 'trackline.config.ts' : undefined
}

/** What the compiler complains of, one line each. */
async function compile(): Promise<string[]> {
  const tsc = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'))
  const args = [tsc, '--noEmit', '--pretty', 'false', '-p', FOLDER]
  const output = await run(process.execPath, args).then(() => '', ({ stdout }: { stdout: string }) => stdout)
  return output.split('\n').filter((line) => /\S/.test(line) && !line.startsWith(' '))
}

/** What `trackline … --help` prints; asked once for each command. */
function helpOf(names: string): Promise<string> {
  const asked = helps.get(names) ?? mustRunTrackline([...names.split(' '), '--help'], {})
  helps.set(names, asked)
  return asked
}
