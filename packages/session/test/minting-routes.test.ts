import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { sharedSecret, verifySession } from '../src/index.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const SECRET = 'a secret of the routes, of more than thirty-two bytes'
const PRESET = sharedSecret({ secret: SECRET, issuer: 'app.example.com', audience: 'trackline' })

const page = await readFile(join(HERE, '../../../docs/minting.md'), 'utf8')
const [, section = '', programs = ''] = /^## The route\n(.*?)^(## Python\n.*)/ms.exec(page) ?? []
const firstOf = (text: string, fence: string) => new RegExp(`\`\`\`${fence}\n(.*?)\`\`\``, 's').exec(text)?.[1] ?? ''
const railsRoute = /`(get '.*?')` in/.exec(section)?.[1] ?? ''
/** The page says which line of a program is left out. */
const withoutPrinting = (program: string) => program.trimEnd().split('\n').slice(0, -1).join('\n')

const FRAMEWORKS = [
  { name: 'Flask', fence: 'python', command: 'python3', probe: ['-c', 'import flask'], ask: 'ask-flask.py', more: [] },
  { name: 'Laravel', fence: 'php', command: 'php', probe: ['-r', 'require "Illuminate/autoload.php";'], ask: 'ask-laravel.php', more: [], imports: 'use Illuminate\\Http\\Request;\nuse Illuminate\\Support\\Facades\\Route;' },
  { name: 'Rails', fence: 'ruby', command: 'ruby', probe: ['-e', 'require "action_controller"'], ask: 'ask-rails.rb', more: [railsRoute] },
]
const REQUESTS = [
  { cookie: 'sid=1', 'sec-fetch-site': 'same-origin' },
  { cookie: 'sid=1' },
  { 'sec-fetch-site': 'same-origin' },
  { cookie: 'sid=1', 'sec-fetch-site': 'cross-site' },
  { cookie: 'sid=1', 'sec-fetch-site': 'same-site' },
]

interface Answer {
  status: number
  cacheControl: string
  body: string
}

const folder = await mkdtemp(join(tmpdir(), 'minting-routes-'))
afterAll(() => rm(folder, { recursive: true }))

function isInstalled(command: string, probe: string[]): boolean {
  try {
    execFileSync(command, probe, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('the routes of docs/minting.md', () => {
  it('are of these frameworks and no others', () => {
    expect([...section.matchAll(/^```(\w+)$/gm)].map(([, fence]) => fence)).toEqual(FRAMEWORKS.map(({ fence }) => fence))
  })

  for (const { name, fence, command, probe, ask, more, imports = '' } of FRAMEWORKS) {
    const installed = isInstalled(command, probe)
    it.runIf(installed)(`${name}: a token for whoever is signed in, 204 for nobody, 403 for other sites' pages; kept nowhere${installed ? '' : ' (skipped: it is not installed)'}`, { timeout: 60_000 }, async () => {
      const file = join(folder, ask)
      await writeFile(file, [withoutPrinting(firstOf(programs, fence)), imports, firstOf(section, fence)].join('\n'))
      const args = [join(HERE, 'support/routes', ask), file, JSON.stringify(REQUESTS), ...more]
      const answers: Answer[] = JSON.parse(execFileSync(command, args, { env: { ...process.env, SESSION_SECRET: SECRET }, encoding: 'utf8' }))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 204, 403, 403])
      for (const { cacheControl } of answers) expect(cacheControl).toMatch(/\bno-store\b/)
      for (const { body } of answers.slice(0, 2)) await expect(verifySession(JSON.parse(body).token, PRESET)).resolves.toMatchObject({ subject: '42', email: 'ada@example.com' })
      for (const { body } of answers.slice(2)) expect(body.trim()).toBe('')
    })
  }
})
