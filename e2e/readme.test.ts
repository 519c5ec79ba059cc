import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePorts } from './stage/free-ports.ts'
import { mintToken } from './stage/mint-token.ts'
import { openBrowser } from './stage/open-browser.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { readCodeBlocks, readCommands, readInlineCommands, readLinks } from './stage/read-page.ts'
import type { CodeBlock } from './stage/read-page.ts'
import { mustRunTrackline, runTrackline } from './stage/run-trackline.ts'
import { waitUntil } from './stage/wait-until.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const README = join(ROOT, 'README.md')
/** Inside the repository, where the packages are found by their names; git ignores it. */
const FOLDER = fileURLToPath(new URL(`data/readme-${process.pid}`, import.meta.url))
const EXAMPLE_ADDRESS = 'https://t.example.com'
const CHECKED_LANGUAGES = ['ts', 'html', 'sh']

const blocks = readCodeBlocks(README)
const of = (language: string) => blocks.filter((block) => block.language === language)
const commands = of('sh').flatMap(({ code }) => readCommands(code))

let stage: Stage
let site: Server
let siteUrl: string
let serverKey: string
let page = ''

beforeAll(async () => {
  siteUrl = `http://127.0.0.1:${await findFreePorts()}`
  const { key, digest }: { key: string; digest: string } = JSON.parse(await mustRunTrackline(['keys', 'generate', '--server', '--json'], {}))
  serverKey = key
  stage = await openStage({ env: { TRACKLINE_DEMO_ORIGIN: siteUrl, TRACKLINE_STAGE_SERVER_KEY: digest } })
  site = createServer(async (request, response) => {
    const token = await mintToken(stage.env, { id: 'reader', email: 'reader@example.com' })
    response.setHeader('content-type', request.url === '/session-token' ? 'application/json' : 'text/html').end(request.url === '/session-token' ? JSON.stringify({ token }) : page)
  })
  await new Promise<void>((resolve) => site.listen(Number(new URL(siteUrl).port), '127.0.0.1', resolve))
})
afterAll(async () => {
  site.close()
  site.closeAllConnections()
  await stage.close()
  rmSync(FOLDER, { recursive: true, force: true })
})

it('every code block of the README is of a language that is checked here, and there is one of each', () => {
  const unchecked = blocks.filter(({ language }) => !CHECKED_LANGUAGES.includes(language))
  expect(unchecked.map(({ language, line }) => `README.md:${line} "${language}"`)).toEqual([])
  for (const language of CHECKED_LANGUAGES) expect(of(language).length).toBeGreaterThan(0)
})

it.each(readLinks(README))('the link to %s leads somewhere', (target) => {
  expect(existsSync(join(ROOT, target))).toBe(true)
})

describe('TypeScript of the README', () => {
  it('compiles, strictly, as the files it says it is', async () => {
    writeFiles('right', of('ts'))
    expect(await compile('right')).toBe('')
  })

  it('does not compile when it tracks an event that is not defined, or a wrong property', async () => {
    const spoil = (from: RegExp, to: string) => of('ts').map((block) => ({ ...block, code: block.code.replace(from, to) }))
    writeFiles('unknown-event', spoil(/\.track\('login'/, ".track('logn'"))
    expect(await compile('unknown-event')).toMatch(/error TS2345: Argument of type '"logn"'/)
    writeFiles('wrong-property', spoil(/\.track\('login', \{ method: 'sso' \}/, ".track('login', { method: 'magic' }"))
    expect(await compile('wrong-property')).toMatch(/error TS2322: Type '"magic"'/)
  })
})

describe('HTML of the README', () => {
  it.each(of('html').map(({ line, code }) => ({ line, code })))('of line $line tracks from a real page, as it stands', async ({ code }) => {
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
      await waitUntil('the events are on the timeline', async () => (await stage.hubspot.events('reader@example.com')).length >= tracked.length)
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

describe('commands of the README', () => {
  it.each([...new Set([...commands, ...readInlineCommands(README)])].filter((command) => command.startsWith('trackline ')))('%s exists, with its options', async (command) => {
    const words = command.split(' ').slice(1)
    const names = words.slice(0, words.findIndex((word) => word.startsWith('-')) >>> 0)
    const options = words.filter((word) => word.startsWith('--'))
    const { code, stdout } = await runTrackline([...names, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: trackline ${names.join(' ')} [options]`.replace(/ {2,}/g, ' ').replace(' [options]', ''))
    for (const option of options) expect(stdout).toMatch(new RegExp(`${option}[ ,\\n]`))
  })

  it.each(commands.filter((command) => /(^| )npm /.test(command)))('%s is a script of this repository, or installs a package of it', (command) => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const [, verb = '', ...rest] = command.slice(command.indexOf('npm ')).split(' ')
    if (verb === 'install') for (const name of rest) expect(import.meta.resolve(name)).toContain('file:')
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
function writeFiles(name: string, files: CodeBlock[]): void {
  const folder = join(FOLDER, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'], exclude: [] }))
  for (const { code, line } of files) writeFileSync(join(folder, fileNameOf(code) ?? `line-${line}.ts`), code)
}

function fileNameOf(code: string): string | undefined {
  if (/export const events = defineEvents/.test(code)) return 'events.ts'
  return /export default defineConfig/.test(code) ? 'trackline.config.ts' : undefined
}

/** What the compiler complains of. */
async function compile(name: string): Promise<string> {
  const tsc = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'))
  return run(process.execPath, [tsc, '--noEmit', '-p', join(FOLDER, name)]).then(() => '', ({ stdout }: { stdout: string }) => stdout)
}
