import { createHash } from 'node:crypto'
import { sharedSecret, verifySession } from '@trackline/session'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDemo } from '../server.ts'

const START = new Date('2026-11-22T10:00:00Z')
const HOUR_MS = 60 * 60 * 1000
const OPTIONS = {
  port: 0,
  tracklineUrl: 'http://127.0.0.1:4400',
  hubspotUrl: 'http://127.0.0.1:4401',
  sessionSecret: 'a secret that only this test knows, 40 b',
}
const PRESET = sharedSecret({ secret: OPTIONS.sessionSecret, issuer: 'northwind', audience: 'trackline' })

let now = START
let demo: Awaited<ReturnType<typeof startDemo>>

beforeAll(async () => {
  demo = await startDemo({ ...OPTIONS, now: () => now })
})
beforeEach(() => {
  now = START
})
afterAll(() => demo.close())

describe('signing in', () => {
  it('sets an opaque cookie that scripts cannot read and other sites cannot send', async () => {
    const setCookie = (await signIn('ada')).headers.get('set-cookie') ?? ''
    const [pair = '', ...attributes] = setCookie.split('; ')
    expect(pair).toMatch(/^northwind_session=[\w-]{43}$/)
    expect(attributes).toEqual(['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=28800'])
  })

  it.each(['ada', 'grace', 'alan'])('as %s, /me names that person', async (id) => {
    const { person } = await readJson(get('/me', cookieOf(await signIn(id))))
    expect(person).toMatchObject({ id, email: `${id}@example.com` })
  })

  it.each([
    ['an unknown person', '{"person":"mallory"}'],
    ['a name of Object.prototype', '{"person":"constructor"}'],
    ['null', 'null'],
    ['what is not JSON', '{'],
    ['more than it reads', JSON.stringify({ person: 'ada', padding: 'x'.repeat(5000) })],
  ])('with %s answers 422, names who may, and sets no cookie', async (_, body) => {
    const response = await post('/sign-in', { body })
    expect(response.status).toBe(422)
    expect((await response.json()).error).toContain('ada, grace, alan')
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('again ends the session of before', async () => {
    const before = cookieOf(await signIn('ada'))
    await post('/sign-in', { body: '{"person":"grace"}', cookie: before })
    expect(await readJson(get('/me', before))).toEqual({ person: null })
  })
})

describe('a session', () => {
  it('ends with sign-out, on the server and in the browser', async () => {
    const cookie = cookieOf(await signIn('ada'))
    const response = await post('/sign-out', { cookie })
    expect(response.headers.get('set-cookie')).toMatch(/^northwind_session=; .*Max-Age=0$/)
    expect((await get('/session-token', cookie)).status).toBe(204)
  })

  it('ends after eight hours', async () => {
    const cookie = cookieOf(await signIn('ada'))
    now = new Date(START.getTime() + 8 * HOUR_MS - 1)
    expect((await get('/session-token', cookie)).status).toBe(200)
    now = new Date(START.getTime() + 8 * HOUR_MS)
    expect((await get('/session-token', cookie)).status).toBe(204)
  })
})

describe('the session token', () => {
  it.each(['ada', 'grace', 'alan'])('of %s verifies, with the subject and email of that person, for five minutes', async (id) => {
    const response = await get('/session-token', cookieOf(await signIn(id)))
    const { token } = await response.json()
    const session = await verifySession(token, PRESET, { now: () => now })
    expect(session).toMatchObject({ subject: id, email: `${id}@example.com`, issuer: 'northwind' })
    expect(session.expiresAt).toEqual(new Date(START.getTime() + 5 * 60 * 1000))
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it.each([
    ['no cookie', ''],
    ['an invented cookie', `northwind_session=${'A'.repeat(43)}`],
    ['an empty cookie', 'northwind_session='],
    ['a cookie whose name only ends alike', 'x_northwind_session=abc'],
  ])('is answered with 204 for %s', async (_, cookie) => {
    const response = await get('/session-token', cookie)
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
  })

  it('cannot be read by another origin: no answer allows it', async () => {
    const response = await fetch(`${demo.url}/session-token`, { headers: { origin: 'https://evil.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('a POST that does not come from this site', () => {
  it.each([
    ['another site', 'https://evil.example', "it came from 'https://evil.example'"],
    ['another port of this machine', 'http://127.0.0.1:1', "it came from 'http://127.0.0.1:1'"],
    ['a page without an origin', 'null', "it came from 'null'"],
    ['no page', undefined, 'it has no Origin header'],
  ])('from %s is refused, says why, and changes nothing', async (_, origin, reason) => {
    const cookie = cookieOf(await signIn('ada'))
    for (const path of ['/sign-out', '/sign-in']) {
      const response = await post(path, { body: '{"person":"alan"}', cookie, origin })
      expect(response.status).toBe(403)
      expect((await response.json()).error).toContain(reason)
      expect(response.headers.get('set-cookie')).toBeNull()
    }
    expect(await readJson(get('/me', cookie))).toMatchObject({ person: { id: 'ada' } })
  })
})

describe('the page', () => {
  it('loads the snippet from the proxy and links to the emulator', async () => {
    const html = await (await get('/')).text()
    expect(html).toContain('<script async src="http://127.0.0.1:4400/s.js" data-session="/session-token"></script>')
    expect(html).toContain('href="http://127.0.0.1:4401"')
    expect(html).not.toContain('{{')
  })

  it('has a policy that lets run its one inline script, the proxy, and nothing else', async () => {
    const response = await get('/')
    const inline = [...(await response.text()).matchAll(/<script>(.*?)<\/script>/gs)].map(([, source = '']) => source)
    expect(inline).toHaveLength(1)
    const hash = createHash('sha256').update(inline.join('')).digest('base64')
    const policy = response.headers.get('content-security-policy')?.split('; ')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src 'self' http://127.0.0.1:4400 'sha256-${hash}'`)
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:4400")
    expect(policy?.join()).not.toMatch(/unsafe|\*/)
  })

  it.each([
    ['/logo.svg', 'image/svg+xml'],
    ['/style.css', 'text/css'],
    ['/app.js', 'text/javascript'],
    ['/page.js', 'text/javascript'],
  ])('finds %s as %s', async (path, type) => {
    const response = await get(path)
    expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['/server.ts', '/..%2fserver.ts', '/public/app.js', '//'])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })
})

describe('starting', () => {
  it('names every option that cannot work, at once', async () => {
    const wrong = { port: Number.NaN, tracklineUrl: 'localhost:4400', hubspotUrl: 'http://h/', sessionSecret: 'short' }
    const error = await startDemo(wrong).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    const named = String(error).match(/^ +\w+/gm)?.map((name) => name.trim())
    expect(named).toEqual(['PORT', 'TRACKLINE_URL', 'HUBSPOT_EMULATOR_URL', 'SESSION_SECRET'])
    expect(String(error)).not.toContain('short')
  })

  it('on a port that is taken fails with the reason', async () => {
    await expect(startDemo({ ...OPTIONS, port: Number(new URL(demo.url).port) })).rejects.toThrow('EADDRINUSE')
  })

  it('and closing leaves no port open', async () => {
    const other = await startDemo(OPTIONS)
    await fetch(other.url)
    await other.close()
    await expect(fetch(other.url)).rejects.toThrow('fetch failed')
  })
})

function get(path: string, cookie = ''): Promise<Response> {
  return fetch(demo.url + path, { headers: { cookie } })
}

interface PostOptions {
  body?: string
  cookie?: string
  origin?: string | undefined
}

function post(path: string, options: PostOptions): Promise<Response> {
  const { body = '{}', cookie = '', origin } = { origin: demo.url, ...options }
  return fetch(demo.url + path, { method: 'POST', headers: { cookie, ...(origin === undefined ? {} : { origin }) }, body })
}

function signIn(person: string): Promise<Response> {
  return post('/sign-in', { body: JSON.stringify({ person }) })
}

function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

async function readJson(response: Promise<Response>) {
  return (await response).json()
}
