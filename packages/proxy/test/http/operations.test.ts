import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { ERRORS } from '../../src/errors.ts'
import { logTo } from '../../src/parts.ts'
import { METRICS } from '../../src/http/metric-definitions.ts'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'
import { snippetAddress } from '../../src/http/snippet-route.ts'

const clock = { ms: Date.now() }
const stack = await startStack({ world: { now: () => new Date(clock.ms) } })
afterAll(stack.close)

describe('/healthz and /readyz', () => {
  it('answer without a session', async () => {
    expect((await stack.send('/healthz')).json).toEqual({ status: 'ok' })
    expect((await stack.send('/readyz')).json).toEqual({ status: 'ready' })
  })
})

describe('/metrics', () => {
  /** The values of a metric by their labels. */
  async function valuesOf(name: string): Promise<Record<string, number>> {
    const lines = (await stack.send('/metrics')).text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    return Object.fromEntries(lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
  }

  it('counts what was received and what became of it, exactly as the audit does', async () => {
    await stack.track([{ event: 'login', properties: { method: 'sso' } }, { event: 'login' }, { event: `stranger${Math.PI}` }])
    await stack.delivered('ada@example.com', 1)
    const { text, headers } = await stack.send('/metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=/)
    expect(text).toContain('trackline_events_total{site="main",event="login",status="queued"} 1')
    expect(text).toContain('trackline_events_total{site="main",event="login",status="rejected"} 1')
    expect(text).toContain('trackline_events_total{site="main",event="unknown",status="rejected"} 1')
    await until('it is settled', async () => (await stack.audit()).delivered === 1)
    const audit = Object.entries(await stack.audit()).map(([state, promises]) => [`{site="main",state="${state}"}`, promises])
    expect(await valuesOf('trackline_promises')).toEqual(Object.fromEntries(audit))
  })

  it('has each metric that it is said to have, and no other of ours', async () => {
    const { text } = await stack.send('/metrics')
    const typed = [...text.matchAll(/^# TYPE (trackline_\w+) (\w+)$/gm)].map(([, name = '', type]) => [name, type])
    expect(Object.fromEntries(typed)).toEqual(Object.fromEntries(Object.entries(METRICS).map(([name, { type }]) => [name, type])))
    for (const [name, { labels }] of Object.entries(METRICS)) {
      const line = new RegExp(`^${name}(?:_count)?(?:\\{([^}]*)\\})? [^ ]+$`, 'm').exec(text)
      expect(line, name).not.toBeNull()
      expect([...(line?.[1] ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label).sort(), name).toEqual([...labels].sort())
    }
  })

  it('times the way of an event: into the outbox, the call, and the whole', async () => {
    await until('it is counted', async () => (await valuesOf('trackline_event_delivery_duration_seconds_count'))['{target="timeline-v3"}'] === 1)
    expect(await valuesOf('trackline_delivery_call_duration_seconds_count')).toEqual({ '{target="timeline-v3"}': 1 })
    expect((await valuesOf('trackline_ingest_duration_seconds_count'))['']).toBeGreaterThan(0)
  })

  it('counts refused requests by their code, those for want of the outbox from the start', async () => {
    expect(await valuesOf('trackline_refused_requests_total')).toEqual({ '{code="OUTBOX_UNAVAILABLE"}': 0 })
    await stack.send('/v1/track', { method: 'POST', body: '{}' })
    expect(await valuesOf('trackline_refused_requests_total')).toEqual({ '{code="OUTBOX_UNAVAILABLE"}': 0, '{code="SESSION_MISSING"}': 1 })
  })

  it('has the dead letters of each event from the start: of a series that begins with 1, an alarm sees no increase', async () => {
    expect((await valuesOf('trackline_deliveries_total'))['{target="timeline-v3",event="login",outcome="dead"}']).toBe(0)
    // One whose definition was removed may die, too.
    expect((await valuesOf('trackline_deliveries_total'))['{target="timeline-v3",event="unknown",outcome="dead"}']).toBe(0)
  })

  it('tells how an account stands: connected, its token, its pause', async () => {
    expect(await valuesOf('trackline_account_connected')).toEqual({ '{account="62515"}': 1 })
    const expires = (await valuesOf('trackline_account_token_expires_in_seconds'))['{account="62515"}']
    expect(expires).toBeGreaterThan(0)
    expect(await valuesOf('trackline_account_paused_seconds')).toEqual({ '{account="62515"}': 0 })
  })

  it('sites and accounts that the configuration does not name share a label', async () => {
    await stack.server.parts.store.countRejected({ account: 7, site: 'elsewhere', rejected: 2 })
    await stack.server.parts.store.countRejected({ account: 7, site: 'nowhere', rejected: 1 })
    await stack.server.parts.store.saveGrant({ account: 7, version: 1, state: 'reconnect', sealed: '', refreshAt: 0, expiresAt: 0 })
    expect((await valuesOf('trackline_promises'))['{site="unknown",state="rejected"}']).toBe(3)
    expect((await valuesOf('trackline_account_connected'))['{account="unknown"}']).toBe(0)
  })

  it('makes no series of what strangers send', async () => {
    await stack.track([{ event: 'x"}\nevil 1' }, { event: 'stranger' }])
    expect((await stack.send('/metrics')).text).not.toMatch(/stranger|evil/)
  })

  it('goes on counting however often it is asked', async () => {
    const queued = async () => Number((await valuesOf('trackline_events_total'))['{site="main",event="login",status="queued"}'])
    const login = { event: 'login', properties: { method: 'sso' } }
    const before = await queued()
    await stack.track([login, login])
    expect(await queued()).toBe(before + 2)
    expect(await queued()).toBe(before + 2)
    await stack.track([login])
    expect(await queued()).toBe(before + 3)
  })

  it('names nobody', async () => {
    expect((await stack.send('/metrics')).text).not.toMatch(/ada|example\.com/)
  })
})

it('/metrics tells of an account of the configuration that was never connected, and nothing of an outbox that does not answer', async () => {
  const { send, server, close, logged } = await startStack({ isConnected: false })
  onTestFinished(close)
  expect((await send('/metrics')).text).toMatch(/^trackline_account_connected\{account="62515"\} 0$/m)
  await server.parts.store.close()
  const { status, text } = await send('/metrics')
  expect(status).toBe(200)
  expect(text.match(/^trackline_(?:promises|outbox|oldest|account)\S* .*$/gm)).toBeNull()

  await until('delivery has found out', () => logged().includes('delivery.lease_failed'))
  const line = logged().split('\n').find((each) => each.includes('delivery.lease_failed'))
  expect(JSON.parse(line ?? ''), 'a warning, with the cause').toMatchObject({ level: 40, error: 'the outbox is closed' })
})

it('a line of the log about an error is a warning, and names nobody whom the error names', () => {
  logTo(stack.server.parts.world)({ error: 'no row for ada@example.com' }, 'test.failed')
  const line = stack.logged().split('\n').find((each) => each.includes('test.failed')) ?? ''
  expect(JSON.parse(line)).toMatchObject({ level: 40, error: expect.stringMatching(/^no row for /) })
  expect(line).not.toContain('ada@example.com')
})

describe.each(['s', 's-modules'] as const)('/%s.js', (name) => {
  const built = readFileSync(fileURLToPath(import.meta.resolve(`@trackline/snippet/${name}.js`)), 'utf8')

  it('is the built snippet, for any page', async () => {
    const { text, headers } = await stack.send(`/${name}.js`, { headers: { origin: 'https://anybody.example' } })
    expect(text).toBe(built)
    expect(headers.get('content-type')).toMatch(/^text\/javascript/)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(headers.get('cache-control')).toMatch(/max-age=\d+/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, br;q=0', 'gzip'],
    ['deflate', null],
    ['identity', null],
  ])('is sent to a client that accepts "%s" in the smallest of the forms that it takes', async (accepted, encoding) => {
    const { text, headers } = await stack.send(`/${name}.js`, { headers: { 'accept-encoding': accepted } })
    expect(text, 'as the client has it, decompressed').toBe(built)
    expect([headers.get('content-encoding'), headers.get('vary')]).toEqual([encoding, 'accept-encoding'])
    const { headers: plain } = await stack.send(`/${name}.js`, { headers: { 'accept-encoding': 'identity' } })
    const [bytes, plainBytes] = [headers, plain].map((sent) => Number(sent.get('content-length')))
    expect(plainBytes).toBe(Buffer.byteLength(built))
    if (encoding !== null) expect(bytes).toBeLessThan(Number(plainBytes) / 1.5)
    expect(headers.get('etag') === plain.get('etag'), 'each form is another answer').toBe(encoding === null)
  })

  it('is not sent again to whoever has it', async () => {
    const etag = (await stack.send(`/${name}.js`)).headers.get('etag') ?? ''
    const again = await stack.send(`/${name}.js`, { headers: { 'if-none-match': etag } })
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag])
    expect((await stack.send(`/${name}.js`, { headers: { 'if-none-match': '"another"' } })).status).toBe(200)
  })

  it.each([
    ['weak, as a cache may have made it', (etag: string) => `W/${etag}`],
    ['one of several', (etag: string) => `"another", W/${etag},"third"`],
  ])('is not sent again to whoever has it under a tag that is %s', async (_, listed) => {
    const etag = (await stack.send(`/${name}.js`)).headers.get('etag') ?? ''
    expect((await stack.send(`/${name}.js`, { headers: { 'if-none-match': listed(etag) } })).status).toBe(304)
  })

  it('has an address of its own that never changes, and a hash for the integrity attribute', async () => {
    const { path, integrity } = snippetAddress(built, name)
    expect(path).toMatch(new RegExp(`^/${name}\\.[0-9a-f]{16}\\.js$`))
    const { text, headers } = await stack.send(path)
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('access-control-allow-origin'), 'a browser checks the integrity only of what it may read').toBe('*')
    expect(integrity).toBe(`sha384-${createHash('sha384').update(text).digest('base64')}`)
    expect((await stack.send('/s.0123456789abcdef.js')).status, 'another build is not there').toBe(404)
  })

  it('gets replies that a browser gives its keepalive budget back for: never no-store', async () => {
    for (const path of ['/v1/batch', '/v1/b', '/v1/track', '/v1/t']) {
      const { headers } = await stack.send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
      expect(headers.get('cache-control') ?? '', path).not.toContain('no-store')
    }
  })
})

describe('/openapi.json', () => {
  it('describes every address that pages and servers call', async () => {
    const { json } = await stack.send('/openapi.json')
    expect(json).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/v1/batch': { post: { requestBody: expect.anything(), responses: { 202: expect.anything() } } },
        '/v1/track': { post: expect.anything() },
        '/v1/events/{messageId}': { get: { responses: { 200: expect.anything() } } },
      },
    })
  })

  it('describes a problem with all its members', async () => {
    const { text } = await stack.send('/openapi.json')
    for (const member of ['code', 'detail', 'remedy', 'requestId']) expect(text).toContain(`"${member}"`)
  })
})

describe('an address where there is nothing', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v1/batch'],
    ['GET', '/v2/batch'],
    ['POST', '/v1/events/x'],
    ['DELETE', '/v1/track'],
    ['PUT', '/healthz'],
    ['GET', '/.env'],
    ['GET', '/s.js.map'],
    ['GET', '/v1/event'],
    ['GET', '//evil.example/'],
    ['GET', '/%2e%2e/etc/passwd'],
  ])('%s %s is NOT_FOUND', async (method, path) => {
    const reply = await stack.send(path, { method, headers: { authorization: `Bearer ${await stack.mint()}` } })
    expectProblem(reply, 'NOT_FOUND', path === '//evil.example/' ? '' : `${method} /`)
  })

  it('is told as problem details, and the query is not repeated', async () => {
    const { json } = await stack.send('/nowhere?token=secret')
    expect(json).toMatchObject({ code: 'NOT_FOUND', title: ERRORS.NOT_FOUND.says, detail: 'there is nothing at GET /nowhere' })
  })
})

describe('every request', () => {
  it('has an id of its own, which the caller cannot choose', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(
        async () => (await stack.send('/nowhere', { headers: { 'request-id': 'mine', 'x-request-id': 'mine' } })).json.requestId,
      ),
    )
    expect(new Set(ids).size).toBe(3)
    expect(ids).not.toContain('mine')
  })
})
