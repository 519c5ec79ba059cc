import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findFreePorts } from './stage/free-ports.ts'
import { readLinks } from './stage/read-page.ts'
import { startProcess } from './stage/start-process.ts'
import type { StartedProcess } from './stage/start-process.ts'
import { waitUntil } from './stage/wait-until.ts'

const run = promisify(execFile)
const ROOT = new URL('..', import.meta.url).pathname
const SECRETS = { SESSION_SECRET: 'a session secret of a newcomer, long enough', HUBSPOT_CLIENT_ID: 'mine', HUBSPOT_CLIENT_SECRET: 'mine', HUBSPOT_DEVELOPER_KEY: 'mine' }

let folder: string
let dev: StartedProcess | undefined

beforeAll(async () => {
  const { stdout } = await run('npm', ['run', '--silent', 'pack'], { cwd: ROOT })
  folder = await mkdtemp(join(tmpdir(), 'trackline-installed-'))
  // As "npm init -y" writes it.
  await writeFile(join(folder, 'package.json'), '{ "name": "site", "version": "1.0.0", "type": "commonjs" }')
  const install = /^ {2}(npm install .*\.tgz)$/m.exec(stdout)?.[1]
  await run('sh', ['-c', `${install} --no-audit --no-fund --loglevel=error`], { cwd: folder })
  const [events = '', config = ''] = tsBlocks(await readFile(join(ROOT, 'README.md'), 'utf8'))
  await writeFile(join(folder, 'events.ts'), events)
  await writeFile(join(folder, 'trackline.config.ts'), config)
}, 180_000)

afterAll(async () => {
  await dev?.end('SIGTERM')
  await rm(folder, { recursive: true, force: true })
})

it('the published packages run the configuration of the README, from a folder that knows nothing of this repository', async () => {
  const port = await findFreePorts(2)
  const cli = join(folder, 'node_modules/.bin/trackline')
  dev = await startProcess({ args: [cli, 'dev', '--port', String(port)], env: SECRETS, readyWhen: /emulator listens on (\S+)/, cwd: folder })
  const minted = await run(process.execPath, [cli, 'token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'ada@example.com'], {
    cwd: folder,
    env: { ...process.env, ...SECRETS },
  })
  const answer = await fetch(`http://127.0.0.1:${port}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Bearer ${minted.stdout.trim()}`, origin: 'https://app.example.com', 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'login', properties: { method: 'sso' } }),
  })
  expect(answer.status).toBe(202)
  const header = await waitUntil('the login is on the timeline', async () => {
    const events: { header: string }[] = await (await fetch(`${dev?.ready[1]}/_emulator/events?email=ada@example.com`)).json()
    return events[0]?.header
  })
  expect(header).toBe('Logged in with sso')
  expect((await fetch(`http://127.0.0.1:${port}/s.js`)).headers.get('content-type')).toContain('text/javascript')
})

it('the page of each published package leads to nothing that is not in it', () => {
  const packages = join(folder, 'node_modules/@trackline')
  const links = readdirSync(packages).flatMap((name) => readLinks(join(packages, name, 'README.md')).map((target) => join(packages, name, target)))
  expect(readdirSync(packages)).toHaveLength(5)
  expect(links.filter((target) => !existsSync(target))).toEqual([])
})

/** The TypeScript of a page, block by block. */
function tsBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code)
}
