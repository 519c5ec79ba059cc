import { sharedSecret, jwks } from '@trackline/session'
import { afterAll, describe, expect, it } from 'vitest'
import { lookup } from '../../src/identity/email-source.ts'
import type { PersonQuery } from '../../src/identity/email-source.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { expectProblem, expectRetryAfter } from '../stage/client.ts'
import { ORIGIN, PORTAL, SECRET, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const stack = await startStack({ isConnected: false })
const LOGIN = { event: 'login', properties: { method: 'sso' } }
afterAll(stack.close)

async function refused(headers: Record<string, string>) {
  const before = await stack.audit()
  const reply = await stack.send('/v1/track', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(LOGIN),
  })
  expect(await stack.audit()).toEqual(before)
  return reply
}

describe('a session token', () => {
  it.each([
    ['is missing', {}],
    ['is empty', { authorization: 'Bearer ' }],
    ['comes under another scheme', { authorization: 'Basic YTpi' }],
    ['comes in a cookie that no site names', { cookie: 'session=x' }],
  ])('that %s is SESSION_MISSING', async (_, headers) => {
    expectProblem(await refused(headers), 'SESSION_MISSING')
  })

  it('that has expired is SESSION_EXPIRED, so that the page gets another', async () => {
    const token = await stack.mint({ sub: 'ada', ttl: '1m', now: () => new Date(Date.now() - 3_600_000) })
    expectProblem(await refused({ authorization: `Bearer ${token}` }), 'SESSION_EXPIRED')
  })

  it.each([
    ['is no token', async () => 'x.y.z'],
    ['is far too long', async () => 'x'.repeat(9_000)],
    [
      'is signed with another secret',
      () => sharedSecret({ secret: `${SECRET}!`, issuer: 'shop', audience: 'trackline' }).mint?.({ sub: 'ada' }),
    ],
    [
      'is for another audience',
      () => sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'another' }).mint?.({ sub: 'ada' }),
    ],
    [
      'is from another issuer',
      () => sharedSecret({ secret: SECRET, issuer: 'mallory', audience: 'trackline' }).mint?.({ sub: 'ada' }),
    ],
    ['was changed', async () => `${await stack.mint()}A`],
    ['has no signature', async () => (await stack.mint()).replace(/[^.]*$/, '')],
  ])('that %s is SESSION_INVALID, and the reply does not say why', async (_, make) => {
    const reply = await refused({ authorization: `Bearer ${await make()}` })
    expectProblem(reply, 'SESSION_INVALID', 'the session token cannot be trusted')
    expect(reply.text).not.toMatch(/audience_mismatch|issuer_mismatch|signature_mismatch|mallory|another/)
  })

  it("that is refused is told to the operator, with the reason and under the reply's requestId, without the token", async () => {
    const token = (await sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'another' }).mint?.({ sub: 'ada' })) ?? ''
    const { json } = await refused({ authorization: `Bearer ${token}` })
    const line = stack
      .logged()
      .split('\n')
      .find((each) => each.includes(json.requestId ?? 'none'))
    expect(line).toMatch(/audience/)
    expect(stack.logged()).not.toContain(token.slice(0, 40))
  })

  it('twice in one request is SESSION_INVALID: nobody can say which one was meant', async () => {
    const token = await stack.mint()
    expectProblem(await refused({ authorization: `Bearer ${token}, Bearer ${token}` }), 'SESSION_INVALID')
  })

  it("whose email its issuer calls unverified counts for nobody's email", async () => {
    const token = await stack.mint({ sub: 'eve', email: 'ada@example.com', emailVerified: false })
    const before = await stack.audit()
    expect((await stack.track(LOGIN, { token })).status).toBe(202)
    expect((await stack.audit()).needsIdentity).toBe(before.needsIdentity + 1)
  })

  it('whose keys cannot be had is SESSION_KEYS_UNAVAILABLE, with Retry-After: the token may be good', async () => {
    const session = jwks({ url: 'http://127.0.0.1:1/jwks.json', issuer: 'https://id.example.com/' })
    const away = await startStack({ isConnected: false, site: { session } })
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'k', typ: 'JWT' })).toString('base64url')
    const claims = Buffer.from(JSON.stringify({ sub: 'ada', iss: 'https://id.example.com/', exp: 9e9 })).toString('base64url')
    const reply = await away.post('/v1/track', LOGIN, { token: `${header}.${claims}.${'A'.repeat(342)}` })
    expectProblem(reply, 'SESSION_KEYS_UNAVAILABLE')
    expectRetryAfter(reply)
    expect((await away.audit()).received).toBe(0)
    await away.close()
  })
})

describe('several providers on one site', () => {
  it('two people of the same sub, from two issuers, are two people', async () => {
    const [shop, intranet] = ['shop', 'intranet'].map((issuer) =>
      sharedSecret({ secret: `${SECRET} of ${issuer}`, issuer, audience: 'trackline' }),
    )
    const both = await startStack({ isConnected: false, site: { session: [shop ?? expect.fail(), intranet ?? expect.fail()] } })
    for (const preset of [shop, intranet]) {
      const reply = await both.track({ ...LOGIN, messageId: 'same' }, { token: (await preset?.mint?.({ sub: '7' })) ?? '' })
      expect(reply.json.results).toMatchObject([{ status: 'queued' }])
    }
    expect(await both.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId: 'same' })).toHaveLength(2)
    await both.close()
  })
})

describe('a secret that is changed', () => {
  it.each([['that names an issuer', { issuer: 'shop' }], ['without an issuer', {}]])('%s: tokens of the old one and of the new one are of the same person, as before and after', async (_, issued) => {
    const key = generateServerKey()
    const old = sharedSecret({ secret: `${SECRET} old`, audience: 'trackline', ...issued })
    const changed = sharedSecret({ secret: `${SECRET} new`, audience: 'trackline', ...issued })
    const session = [changed, old]
    const both = await startStack({ isConnected: false, site: { session, serverKeys: [key.digest] } })
    const first = await both.track({ ...LOGIN, messageId: 'm' }, { token: (await old.mint?.({ sub: '7' })) ?? '' })
    const again = await both.track({ ...LOGIN, messageId: 'm' }, { token: (await changed.mint?.({ sub: '7' })) ?? '' })
    const byServer = await both.track({ ...LOGIN, messageId: 'm', userId: '7' }, { headers: { authorization: `Bearer ${key.key}` } })
    await both.close()
    expect([first, again, byServer].map(({ json }) => json.results?.[0]?.status)).toEqual(['queued', 'duplicate', 'duplicate'])
  })
})

describe('several providers and a look-up', () => {
  it("the look-up gets the session's own sub and its issuer; of a server key's event, the userId as it was sent", async () => {
    const key = generateServerKey()
    const asked: PersonQuery[] = []
    const find = (person: PersonQuery) => void asked.push(person)
    const [shop, intranet] = ['shop', 'intranet'].map((issuer) => sharedSecret({ secret: `${SECRET} of ${issuer}`, issuer, audience: 'trackline' }))
    const session = [shop ?? expect.fail(), intranet ?? expect.fail()]
    const both = await startStack({ isConnected: false, site: { session, email: [lookup(find)], serverKeys: [key.digest] } })
    await both.track(LOGIN, { token: (await intranet?.mint?.({ sub: '7' })) ?? '' })
    await both.track({ ...LOGIN, messageId: 'by server', userId: 'shop 8' }, { headers: { authorization: `Bearer ${key.key}` } })
    await until('both were asked for', () => asked.length >= 2)
    await both.close()
    expect(asked).toContainEqual({ site: 'main', issuer: 'intranet', subject: '7' })
    expect(asked).toContainEqual({ site: 'main', subject: 'shop 8' })
  })

  it('an event of a server key that writes the issuer before the sub belongs to the person of that session', async () => {
    const key = generateServerKey()
    const presets = ['shop', 'intranet'].map((issuer) => sharedSecret({ secret: `${SECRET} of ${issuer}`, issuer, audience: 'trackline' }))
    const both = await startStack({ isConnected: false, site: { session: presets, serverKeys: [key.digest] } })
    await both.track({ ...LOGIN, messageId: 'm', userId: 'shop 7' }, { headers: { authorization: `Bearer ${key.key}` } })
    const again = await both.track({ ...LOGIN, messageId: 'm' }, { token: (await presets[0]?.mint?.({ sub: '7' })) ?? '' })
    await both.close()
    expect(again.json.results).toMatchObject([{ status: 'duplicate' }])
  })
})

describe('a session in a cookie', async () => {
  const cookies = await startStack({
    isConnected: false,
    site: { session: sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'trackline', cookie: 'sid' }) },
  })
  afterAll(cookies.close)
  const send = async (headers: Record<string, string>, method = 'POST') =>
    cookies.send(method === 'GET' ? '/v1/events/m1' : '/v1/track', {
      method,
      headers: { 'content-type': 'application/json', cookie: `sid=${await cookies.mint()}`, ...headers },
      ...(method === 'GET' ? {} : { body: JSON.stringify({ ...LOGIN, messageId: 'm1' }) }),
    })

  it('is taken from a listed page that sends x-trackline: 1', async () => {
    expect((await send({ origin: ORIGIN, 'x-trackline': '1' })).status).toBe(202)
  })

  it.each([
    ['without the header', { origin: ORIGIN }, /no "x-trackline: 1"/],
    ['with another value of it', { origin: ORIGIN, 'x-trackline': 'yes' }, /x-trackline/],
    ['without an Origin', { 'x-trackline': '1' }, /no Origin/],
  ])('%s is CSRF_REFUSED, and nothing is stored', async (_, headers, names) => {
    const before = await cookies.audit()
    expectProblem(await send(headers), 'CSRF_REFUSED', names)
    expect(await cookies.audit()).toEqual(before)
  })

  it('is taken without an Origin from a page of our own origin, as the browser says, and from no other', async () => {
    const own = { 'x-trackline': '1', 'sec-fetch-site': 'same-origin' }
    expect((await send(own)).status).toBe(202)
    for (const other of ['same-site', 'cross-site', 'none']) {
      expectProblem(await send({ ...own, 'sec-fetch-site': other }), 'CSRF_REFUSED', /no Origin/)
    }
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', ''])(
    'with a body of type "%s", as a form could send it, is CONTENT_TYPE_UNSUPPORTED', async (type) => {
      const before = await cookies.audit()
      expectProblem(await send({ origin: ORIGIN, 'x-trackline': '1', 'content-type': type }), 'CONTENT_TYPE_UNSUPPORTED')
      expect(await cookies.audit()).toEqual(before)
    })

  it('from a page that is not listed is ORIGIN_NOT_ALLOWED, whatever header it sends', async () => {
    expectProblem(await send({ origin: 'https://evil.example', 'x-trackline': '1' }), 'ORIGIN_NOT_ALLOWED')
  })

  it('may ask what became of an event without the header: nothing is changed by that', async () => {
    await send({ origin: ORIGIN, 'x-trackline': '1' })
    expect((await send({ origin: ORIGIN }, 'GET')).json).toMatchObject({ messageId: 'm1' })
  })

  it("yields to an Authorization header, which no other site's page can make a browser send", async () => {
    const authorization = `Bearer ${await cookies.mint({ sub: 'grace' })}`
    expect((await send({ origin: ORIGIN, authorization })).status).toBe(202)
  })

  it('twice is SESSION_INVALID', async () => {
    const token = await cookies.mint()
    expectProblem(await send({ origin: ORIGIN, 'x-trackline': '1', cookie: `sid=${token}; sid=${token}` }), 'SESSION_INVALID')
  })
})
