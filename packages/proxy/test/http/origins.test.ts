import { sharedSecret } from '@trackline/session'
import { afterAll, describe, expect, it } from 'vitest'
import { expectProblem } from '../stage/client.ts'
import { ORIGIN, PORTAL, SECRET, startStack } from '../stage/start-stack.ts'

const OTHER = 'https://shop.example.com'
const session = sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'trackline' })
const sites = {
  main: { origins: [ORIGIN, 'http://localhost:5173'], session, portal: PORTAL },
  shop: {
    origins: [OTHER],
    session: sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'trackline', cookie: 'sid' }),
    portal: 7,
  },
}
const stack = await startStack({ isConnected: false, config: { sites } })
const single = await startStack({ isConnected: false })
afterAll(() => Promise.all([stack.close(), single.close()]))

const LOGIN = { event: 'login', properties: { method: 'sso' } }
const LOOKALIKES = [
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://app.example.com.evil.example',
  'https://evil.example',
  'https://APP.example.com',
  'https://app.example.com/',
  'null',
  'https://example.com',
  'https://evil.example?https://app.example.com',
]

describe('the site of a request', () => {
  it('is found by its Origin', async () => {
    await stack.track({ ...LOGIN, messageId: 'by origin' }, { headers: { origin: OTHER } })
    expect(await stack.server.parts.store.findEvent({ account: 7, site: 'shop', messageId: 'by origin' })).toHaveLength(1)
  })

  it('without an Origin is the one that ?site= names', async () => {
    await stack.post('/v1/track?site=shop', { ...LOGIN, messageId: 'by name' })
    expect(await stack.server.parts.store.findEvent({ account: 7, site: 'shop', messageId: 'by name' })).toHaveLength(1)
  })

  it('with an Origin is never another that ?site= names', async () => {
    await stack.post('/v1/track?site=shop', { ...LOGIN, messageId: 'both' }, { headers: { origin: ORIGIN } })
    expect(await stack.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId: 'both' })).toHaveLength(1)
  })

  it('without an Origin is the only one there is', async () => {
    expect((await single.track(LOGIN)).status).toBe(202)
  })

  it.each([
    ['nothing names it', '/v1/track', /several sites and no Origin/],
    ['a name that is not configured', '/v1/track?site=nope', /\?site= names is not configured/],
    ["the name of an object's own member", '/v1/track?site=constructor', /not configured/],
    ['two names', '/v1/track?site=main&site=shop', /not configured/],
    ['an empty name', '/v1/track?site=', /not configured/],
  ])('where %s is SITE_UNKNOWN, and nothing is stored', async (_, path, names) => {
    const before = await stack.audit()
    expectProblem(await stack.post(path, LOGIN), 'SITE_UNKNOWN', names)
    expect(await stack.audit()).toEqual(before)
  })

  it.each(LOOKALIKES)('from %s is ORIGIN_NOT_ALLOWED, and nothing is stored', async (origin) => {
    const before = await single.audit()
    const reply = await single.track(LOGIN, { headers: { origin } })
    expectProblem(reply, 'ORIGIN_NOT_ALLOWED')
    expect(reply.json.detail).toContain(JSON.stringify(origin))
    expect(await single.audit()).toEqual(before)
  })

  it('a very long Origin is named in part', async () => {
    const { json, text } = await single.track(LOGIN, { headers: { origin: `https://${'x'.repeat(4_000)}.example` } })
    expect(json.code).toBe('ORIGIN_NOT_ALLOWED')
    expect(text.length).toBeLessThan(1_000)
  })
})

describe('a page that may read the reply', () => {
  const preflight = (origin: string, headers = 'authorization,content-type') =>
    stack.send('/v1/batch', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
    })

  it.each([ORIGIN, 'http://localhost:5173'])(
    '%s, which is listed, is named exactly, and caches are told that the reply depends on it',
    async (origin) => {
      const { headers } = await stack.track(LOGIN, { headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('vary')).toMatch(/origin/i)
      expect(headers.get('access-control-expose-headers')).toMatch(/retry-after/i)
    },
  )

  it('a refusal can be read too, or the page would never know why', async () => {
    const { status, headers } = await stack.track({ event: 'logn' }, { headers: { origin: ORIGIN } })
    expect([status, headers.get('access-control-allow-origin')]).toEqual([422, ORIGIN])
  })

  it.each(LOOKALIKES)('%s is never allowed to', async (origin) => {
    for (const { headers } of [await single.track(LOGIN, { headers: { origin } }), await preflight(origin)]) {
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  it('asks beforehand, and is told methods, headers and for how long', async () => {
    const { status, headers } = await preflight(ORIGIN)
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-methods')).toMatch(/GET.*POST/)
    expect(headers.get('access-control-max-age')).toBe('600')
    expect(headers.get('vary')).toMatch(/origin/i)
  })

  it('one that is not listed is told so beforehand, and the log names it', async () => {
    expectProblem(await preflight('https://evil.example'), 'ORIGIN_NOT_ALLOWED', 'https://evil.example')
    expect(stack.logged()).toContain('https://evil.example')
  })

  it.each([
    'authorization',
    'content-type',
    'x-trackline',
    'baggage',
    'sentry-trace',
    'traceparent',
    'tracestate',
    'idempotency-key',
    'x-requested-with',
  ])('may send %s, which our snippet or a tracing library adds', async (header) => {
    expect((await preflight(ORIGIN, header)).headers.get('access-control-allow-headers')?.split(/, */)).toContain(header)
  })

  it('may send its cookies only where the site has its session in one', async () => {
    expect((await preflight(OTHER)).headers.get('access-control-allow-credentials')).toBe('true')
    expect((await preflight(ORIGIN)).headers.get('access-control-allow-credentials')).toBeNull()
  })

  it("no reply is ever open to every page, but the script's", async () => {
    for (const path of ['/v1/events/x', '/healthz', '/metrics', '/openapi.json', '/nowhere']) {
      expect(
        (await stack.send(path, { headers: { origin: 'https://evil.example' } })).headers.get('access-control-allow-origin'),
      ).toBeNull()
    }
  })
})
