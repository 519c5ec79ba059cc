import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import * as session from '../src/index.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const SECRET = 'r'.repeat(48)
/** What the package exports besides presets. */
const OTHERS = [
  'sharedKeySets',
  'acceptedEmail',
  'publicKeySet',
  'ReceiptError',
  'verifyReceipt',
  'denyList',
  'inspectToken',
  'mintSession',
  'normalEmail',
  'readEmail',
  'readSessionToken',
  'refuseDenied',
  'SessionError',
  'sessionTokenRoute',
  'verifyAndLocate',
  'verifySession',
]
const CURRENT_USER = `
  const ADA = { id: 'ada', email: 'ada@example.com' }
  export const currentUser = async (cookie: string | null | undefined) => (cookie === 'sid=1' ? ADA : undefined)
`

const readme = await readFile(join(HERE, '../README.md'), 'utf8')
const blocks = new Map([...readme.matchAll(/```ts name=(\S+)\n(.*?)```/gs)].map(([, name = '', code = '']) => [name, code]))
// Inside the package, so that the blocks find what they import as a reader's project would; in a folder that no tool reads.
const folder = join(HERE, 'dist', `readme-${process.pid}`)
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'current-user.ts'), CURRENT_USER)
for (const [name, code] of blocks) await writeFile(join(folder, `${name}.ts`), code)
vi.stubEnv('SESSION_SECRET', SECRET)
vi.stubEnv('CLERK_PUBLISHABLE_KEY', `pk_live_${btoa('clerk.example.com$')}`)
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

const block = (name: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.ts`)).href)
const isInstalled = (name: string) => import(/* @vite-ignore */ name).then(() => true, () => false)
const [hasExpress, hasHono] = await Promise.all([isInstalled('express'), isInstalled('hono')])
const OURS = { issuer: 'app.example.com', audience: 'trackline' }
const preset = session.sharedSecret({ secret: SECRET, ...OURS })
const mint = (sub: string, own: object = OURS) => session.mintSession({ sub, secret: SECRET, ...own })

type Ask = (headers: Record<string, string>) => Promise<Response>

/** What every framework's example must do. */
async function expectSessionToken(ask: Ask): Promise<void> {
  const signedIn = await ask({ cookie: 'sid=1', 'sec-fetch-site': 'same-origin' })
  expect(signedIn.status).toBe(200)
  expect(signedIn.headers.get('cache-control')).toBe('no-store')
  expect(signedIn.headers.get('content-type')).toContain('application/json')
  const { token } = await signedIn.json()
  await expect(session.verifySession(token, preset)).resolves.toMatchObject({ subject: 'ada', email: 'ada@example.com' })
  expect((await ask({ 'sec-fetch-site': 'same-origin' })).status).toBe(204)
  expect((await ask({ cookie: 'sid=1', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
}

/** Asks a real server on loopback. */
async function overHttp(listener: RequestListener, use: (ask: Ask) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An address, not a path: the server listens on a port.
  const { port } = server.address() as AddressInfo
  await use((headers) => fetch(`http://127.0.0.1:${port}/session-token`, { headers })).finally(() => {
    server.closeAllConnections()
    server.close()
  })
}

describe('the README', () => {
  it('has these blocks, and each is run below', () => {
    expect([...blocks.keys()]).toEqual(['verify', 'several', 'next', 'fastify', 'express', 'hono', 'receipt', 'deny', 'key-store'])
    expect(readme.match(/```ts/g)).toHaveLength(blocks.size)
  })

  it('names every preset, and a page that exists for each provider', async () => {
    const presets = Object.keys(session).filter((name) => !OTHERS.includes(name))
    expect(presets).toHaveLength(18)
    for (const name of presets) expect(readme).toContain(`\`${name}({`)
    for (const [, page = ''] of readme.matchAll(/\]\((\.\.\/\.\.\/docs\/providers\/[a-z0-9-]+\.md)\)/g)) {
      expect(await readFile(join(HERE, '..', page), 'utf8')).toMatch(/^# /)
    }
  })

  it('verifies: nobody without a token, and an error for a bad one', async () => {
    const { whoIs } = await block('verify')
    await expect(whoIs(new Request('https://api.example.com'))).resolves.toBeUndefined()
    const bad = new Request('https://api.example.com', { headers: { authorization: `Bearer ${await mint('ada')}` } })
    await expect(whoIs(bad)).rejects.toMatchObject({ code: 'SESSION_INVALID', reason: 'alg_not_allowed' })
  })

  it('picks among several presets', async () => {
    const { whoIs } = await block('several')
    const request = new Request('https://api.example.com', { headers: { authorization: `Bearer ${await mint('ada')}` } })
    await expect(whoIs(request)).resolves.toMatchObject({ subject: 'ada' })
  })

  it('blocks at once', async () => {
    const { whoIs, block: blockPerson } = await block('deny')
    const token = await mint('ada', {})
    await expect(whoIs(token)).resolves.toMatchObject({ subject: 'ada' })
    blockPerson('ada')
    await expect(whoIs(token)).rejects.toMatchObject({ reason: 'denied' })
  })

  it('proves nothing by a receipt that no key of the set has signed', async () => {
    const { prove } = await block('receipt')
    await expect(prove(await mint('ada'), '{}', { keys: [] })).rejects.toBeInstanceOf(Error)
  })

  it('shows how its keys stand', async () => {
    const { keys } = await block('key-store')
    expect(keys()).toMatchObject({ address: 'https://id.example.com/.well-known/openid-configuration', keyCount: 0 })
  })

  it('answers in a Next.js route handler', async () => {
    const { GET } = await block('next')
    await expectSessionToken((headers) => GET(new Request('https://app.example.com/session-token', { headers })))
  })

  it('answers in Fastify', async () => {
    const { app } = await block('fastify')
    await app.ready()
    await overHttp((request, response) => app.routing(request, response), expectSessionToken)
    await app.close()
  })

  it.runIf(hasExpress)('answers in Express', async () => {
    const { app } = await block('express')
    await overHttp(app, expectSessionToken)
  })

  it.runIf(hasHono)('answers in Hono', async () => {
    const { app } = await block('hono')
    await expectSessionToken((headers) => app.request('/session-token', { headers }))
  })
})
