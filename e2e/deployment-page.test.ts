import { execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { baseEnvironment } from './stage/base-environment.ts'
import { findFreePorts } from './stage/free-ports.ts'
import { mintToken } from './stage/mint-token.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { readCodeBlocks, readInlineCommands, readLinks } from './stage/read-page.ts'
import { mustRunTrackline } from './stage/run-trackline.ts'
import { serveProxy } from './stage/serve-proxy.ts'
import { waitUntil } from './stage/wait-until.ts'

const run = promisify(execFile)
const pathTo = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const PAGE = pathTo('../docs/deployment.md')
const RULES = pathTo('../docs/alert-rules.yml')
const ADA = { id: 'ada', email: 'ada@example.com' }
const LOGIN = { event: 'login', properties: { method: 'sso' } }

const text = readFileSync(PAGE, 'utf8')
const blocks = readCodeBlocks(PAGE)
const blockOf = (language: string) => blocks.find((block) => block.language === language)?.code ?? ''

let stage: Stage
const folder = mkdtempSync(join(tmpdir(), 'trackline-deployment-'))

beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => {
  await stage.close()
  rmSync(folder, { recursive: true })
})

/** Skips, and says why, where a program is not installed. */
async function isInstalled(program: string, ...args: string[]): Promise<boolean> {
  return run(program, args).then(() => true, () => false)
}
const [hasSystemd, hasNginx, hasCaddy, hasPromtool] = await Promise.all([
  isInstalled('systemd-analyze', '--version'),
  isInstalled('nginx', '-v'),
  isInstalled('caddy', 'version'),
  isInstalled('promtool', '--version'),
])

it('every code block is of a kind that is tried here', () => {
  expect(blocks.map(({ language }) => language)).toEqual(['ini', 'dockerfile', 'nginx', 'caddyfile', 'sh', 'sh', 'sh'])
})

it.each(readLinks(PAGE))('the link to %s leads somewhere', (target) => {
  expect(existsSync(join(dirname(PAGE), target))).toBe(true)
})

describe('what starts the service', () => {
  const unitCommand = /^ExecStart=\/srv\/trackline\/(.*)$/m.exec(blockOf('ini'))?.[1]?.split(' ')
  const containerCommand: string[] = JSON.parse(/^CMD (.*)$/m.exec(blockOf('dockerfile'))?.[1] ?? '[]')

  it('is the same in a unit and in a container: the command itself, to which signals come', () => {
    expect(unitCommand).toEqual(['node_modules/.bin/trackline', 'serve', '--config', 'trackline.config.ts'])
    expect(containerCommand).toEqual(unitCommand)
  })

  it('names commands that exist', async () => {
    const commands = readInlineCommands(PAGE).map((command) => command.split(' ').slice(1).filter((word) => !word.startsWith('-')))
    for (const words of commands) expect(await mustRunTrackline([...words, '--help'], {})).toContain(`trackline ${words.join(' ')}`)
  })

  it.runIf(hasSystemd)('is a unit that systemd has nothing to say about', async () => {
    const root = join(folder, 'srv')
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
    writeFileSync(join(root, 'node_modules/.bin/trackline'), '#!/bin/sh\n')
    chmodSync(join(root, 'node_modules/.bin/trackline'), 0o755)
    const unit = join(folder, 'trackline.service')
    writeFileSync(unit, blockOf('ini').replaceAll('/srv/trackline', root))
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', unit])
    expect(stdout + stderr).not.toContain('trackline.service')
  })
})

/** Starts what listens in front of the proxy, and asks through it. */
async function inFront(program: string, args: string[], address: string, check: (ask: (path: string, body?: object) => Promise<Response>) => Promise<void>) {
  const child = spawn(program, args, { env: { ...baseEnvironment(), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }, stdio: 'ignore' })
  const token = await mintToken(stage.env, ADA)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' }
  const ask = (path: string, body?: object) => fetch(address + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) })
  try {
    await waitUntil(`${program} listens`, () => ask('/s.js').then(({ ok }) => ok, () => false))
    await check(ask)
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    await ended
  }
}

async function passesOnWhatIsPublic(ask: (path: string, body?: object) => Promise<Response>): Promise<void> {
  expect((await ask('/v1/track', LOGIN)).status).toBe(202)
  expect((await ask('/openapi.json')).status).toBe(200)
  for (const path of ['/metrics', '/healthz', '/readyz', '/%6detrics', '//metrics', '/metrics?x']) expect((await ask(path)).status, path).toBe(404)
}

describe('a reverse proxy as the page shows it', () => {
  it.runIf(hasNginx)('nginx passes on what is public, and nothing else', async () => {
    const port = await findFreePorts()
    const key = join(folder, 't.example.com')
    await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=t.example.com', '-keyout', `${key}.key`, '-out', `${key}.pem`])
    const shown = blockOf('nginx').replaceAll('/etc/ssl', folder).replace('127.0.0.1:4400', new URL(stage.proxyUrl).host)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/nginx-${name};`).join('\n')
    const write = (name: string, servers: string) => {
      writeFileSync(join(folder, name), `daemon off;\npid ${folder}/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${servers}\n}\n`)
      return ['-e', join(folder, 'nginx.log'), '-c', join(folder, name)]
    }
    const { stderr } = await run('nginx', ['-t', ...write('tls.conf', shown)])
    expect(stderr).toContain('syntax is ok')
    // The same without TLS, for which there would have to be a certificate that Node trusts.
    const plain = shown.replace('listen 443 ssl', `listen 127.0.0.1:${port}`).replaceAll(/^.*ssl_certificate.*\n/gm, '')
    await inFront('nginx', write('plain.conf', plain), `http://127.0.0.1:${port}`, passesOnWhatIsPublic)
  })

  it.runIf(hasCaddy)('Caddy passes on what is public, and nothing else', async () => {
    const port = await findFreePorts()
    const file = join(folder, 'Caddyfile')
    writeFileSync(file, blockOf('caddyfile'))
    await run('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], { env: { ...baseEnvironment(), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } })
    const shown = blockOf('caddyfile').replace('t.example.com', `http://127.0.0.1:${port}`).replace('127.0.0.1:4400', new URL(stage.proxyUrl).host)
    writeFileSync(file, `{\n\tadmin off\n}\n${shown}`)
    await inFront('caddy', ['run', '--adapter', 'caddyfile', '--config', file], `http://127.0.0.1:${port}`, passesOnWhatIsPublic)
  })
})

it('a process that only delivers answers what the table says, and 404 elsewhere', async () => {
  const [, cell = ''] = /^\| `deliver` \| yes \| (.*?); 404/m.exec(text) ?? []
  const said = [...cell.matchAll(/`(\/.*?)`/g)].map(([, path = '']) => path.replace('…', 'connected'))
  const port = await findFreePorts()
  const delivering = await serveProxy({ ...stage.env, TRACKLINE_PUBLIC_URL: `http://127.0.0.1:${port}` }, 'warn', 'deliver')
  try {
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
    expect(said).toHaveLength(6)
    for (const path of said) expect(await statusOf(path), path).toBe(200)
    for (const path of ['/s.js', '/s-modules.js', '/v1/events/x', '/v1/batch']) expect(await statusOf(path), path).toBe(404)
  } finally {
    await delivering.end('SIGTERM')
  }
})

describe('docs/alert-rules.yml', () => {
  const rules = readFileSync(RULES, 'utf8')

  it('has the rules that docs/metrics.md shows, and none besides', () => {
    const [, table = ''] = readFileSync(pathTo('../docs/metrics.md'), 'utf8').split('| Alert when | Because |')
    const shown = [...table.matchAll(/^\| `(.*?)` \|/gm)].map(([, rule]) => rule)
    const written = [...rules.matchAll(/^ +expr: (.*)$/gm)].map(([, rule]) => rule)
    expect(written).toEqual(shown)
  })

  it.runIf(hasPromtool)('is what Prometheus reads', async () => {
    const { stdout } = await run('promtool', ['check', 'rules', RULES])
    expect(stdout).toContain('SUCCESS')
  })
})
