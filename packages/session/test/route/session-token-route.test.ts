import { describe, expect, it } from 'vitest'
import { sessionTokenRoute, sharedSecret, verifySession } from '../../src/index.ts'
import type { RouteRequest, SignedInPerson } from '../../src/index.ts'
import { after, NOW } from '../support/moment.ts'

const SECRET = 'CANARY_secret_0123456789abcdefghijklmnopqrstuv'
const ADA: SignedInPerson = { sub: 'ada', email: 'ada@example.com', emailVerified: true, claims: { plan: 'pro' } }
const ASKING = 'https://app.example.com/session-token'
const preset = sharedSecret({ secret: SECRET, issuer: 'app', audience: 'trackline' })
const minting = { secret: SECRET, issuer: 'app', audience: 'trackline', now: after(0) }

/** Ada is whoever sends the cookie of her session. */
const who = ({ headers }: RouteRequest) => {
  const cookie = headers instanceof Headers ? headers.get('cookie') : headers.cookie
  return cookie === 'sid=1' ? ADA : undefined
}
const route = sessionTokenRoute<RouteRequest>({ ...minting, who, origins: ['https://www.example.com'] })
const ask = (headers: Record<string, string>, method = 'GET') =>
  route(new Request(ASKING, { method, headers: { cookie: 'sid=1', host: 'app.example.com', ...headers } }))

describe('sessionTokenRoute', () => {
  it('answers a token of whoever is signed in, which the matching preset accepts', async () => {
    const response = await ask({ 'sec-fetch-site': 'same-origin' })
    expect(response.status).toBe(200)
    const { token } = await response.json()
    await expect(verifySession(token, preset, { now: after(0) })).resolves.toMatchObject({
      subject: 'ada',
      email: 'ada@example.com',
      emailVerified: true,
      expiresAt: new Date(NOW.getTime() + 300_000),
      claims: { plan: 'pro' },
    })
  })

  it.each(['', 'ada@localhost', null])('whoever has the email %j is signed in without one', async (email) => {
    // A column may hold anything.
    const person = { sub: 'ada', email: email as string }
    const response = await sessionTokenRoute<RouteRequest>({ ...minting, who: () => person })(new Request(ASKING))
    const session = await verifySession((await response.json()).token, preset, { now: after(0) })
    expect(session).toMatchObject({ subject: 'ada' })
    expect(session).not.toHaveProperty('email')
  })

  it('answers 204 and no body when nobody is signed in', async () => {
    const response = await ask({ cookie: 'sid=2' })
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  it.each([
    ['a token', {}],
    ['nobody', { cookie: 'x=y' }],
    ['a refusal', { 'sec-fetch-site': 'cross-site' }],
  ])('lets no cache keep %s', async (_, headers) => {
    const { headers: answered } = await ask(headers)
    expect(answered.get('cache-control')).toBe('no-store')
    expect(answered.get('vary')).toBe('cookie, origin, sec-fetch-site')
  })

  it.each<[string, Record<string, string>]>([
    ['a page of the site', { 'sec-fetch-site': 'same-origin' }],
    [
      'a page of the site, though a proxy changed the Host',
      { 'sec-fetch-site': 'same-origin', origin: 'https://app.example.com', host: 'internal' },
    ],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['a client without either header', {}],
    ['an older browser, from a page of the site', { origin: 'https://app.example.com' }],
  ])('answers %s, and names no origin', async (_, headers) => {
    const response = await ask(headers)
    expect(response.status).toBe(200)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('lets the pages of a listed origin read the answer, with their cookies', async () => {
    const response = await ask({ origin: 'https://www.example.com', 'sec-fetch-site': 'same-site' })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://www.example.com')
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
  })

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site without Origin', { 'sec-fetch-site': 'cross-site' }],
    ['another subdomain', { origin: 'https://blog.example.com', 'sec-fetch-site': 'same-site' }],
    ['an older browser, from another site', { origin: 'https://evil.example' }],
    ['the same host without https', { origin: 'http://app.example.com', 'sec-fetch-site': 'cross-site' }],
    ['an origin that begins like ours', { origin: 'https://app.example.com.evil' }],
    ['a sandboxed page', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a listed origin in upper case', { origin: 'https://WWW.example.com', 'sec-fetch-site': 'cross-site' }],
    ['an unknown Sec-Fetch-Site', { 'sec-fetch-site': 'elsewhere' }],
    ['two values of Sec-Fetch-Site', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ])('refuses %s with 403, without asking who is signed in', async (_, headers) => {
    let asked = 0
    const counted = () => ((asked += 1), ADA)
    const counting = sessionTokenRoute<RouteRequest>({ ...minting, who: counted, origins: ['https://www.example.com'] })
    const response = await counting({ method: 'GET', headers: { cookie: 'sid=1', host: 'app.example.com', ...headers } })
    expect([response.status, asked]).toEqual([403, 0])
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    expect((await response.json()).detail).toMatch(/list it in `origins`/)
  })

  it.each(['POST', 'HEAD', 'OPTIONS', 'DELETE'])('answers %s with 405', async (method) => {
    const response = await ask({}, method)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
  })

  it('passes on what `who` throws, and says what cannot be minted', async () => {
    const failing = sessionTokenRoute({ ...minting, who: () => Promise.reject(new Error('the session table is gone')) })
    await expect(failing(new Request(ASKING))).rejects.toThrow('the session table is gone')
    const nameless = sessionTokenRoute({ ...minting, who: () => ({ sub: '' }) })
    await expect(nameless(new Request(ASKING))).rejects.toThrow('mintSession: `sub` must be')
  })

  it.each([
    ['no who', { who: undefined }, '`who` must be a function'],
    ['no key', { secret: undefined }, 'expected either `secret` or `privateKey`'],
    ['a short secret', { secret: 'CANARY' }, '`secret` must be'],
    ['an origin with a path', { origins: ['https://app.example.com/'] }, '`origins` must be a list of origins'],
    ['a wildcard', { origins: ['*'] }, '`origins` must be'],
    ['a ttl of a week', { ttl: '7d' }, '`ttl` must be'],
    ['a misspelt option', { audiance: 'x' }, "'audiance' is not an option"],
  ])('refuses %s when it is made', (_, options, message) => {
    // A caller without types can pass anything.
    const attempt = () => sessionTokenRoute({ ...minting, who, ...options } as never)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(message)
    expect(attempt).not.toThrow('CANARY')
  })
})
