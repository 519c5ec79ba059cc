import { describe, expect, it } from 'vitest'
import { introspect, verifySession } from '../../src/index.ts'
import type { IntrospectOptions } from '../../src/index.ts'
import { after, NOW_SECONDS } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { reply } from '../support/serve-keys.ts'
import { serveTokens } from '../support/serve-tokens.ts'

const URL = 'https://id.example.com/who'
const TOKEN = '17|abcdefghijklmnop'

/** An endpoint at which TOKEN is Ada's, and a preset that asks it. */
async function open(options: Partial<IntrospectOptions> = {}, answer: Record<string, unknown> = {}) {
  const people = new Map([[TOKEN, { active: true, sub: 'ada', ...answer }]])
  const endpoint = await serveTokens((token) => {
    const person = people.get(token)
    return person && Buffer.from(JSON.stringify(person))
  })
  const preset = introspect({ url: URL, fetch: endpoint.fetch, ...options })
  const at = (seconds: number, token = TOKEN) => verifySession(token, preset, { now: after(seconds) })
  return { ...endpoint, people, preset, at }
}

describe('introspect: how the token is handed over', () => {
  it('posts it with our own credentials, each part form-encoded first', async () => {
    await using stage = await open({ clientId: 'a:b', clientSecret: 'c d/é' })
    await stage.at(0)
    const credentials = Buffer.from('a%3Ab:c+d%2F%C3%A9').toString('base64')
    expect(stage.asked).toEqual([{ via: 'form', token: TOKEN, authorization: `Basic ${credentials}` }])
  })

  it('sends it as a browser would, in a header or in the cookie that it came in', async () => {
    await using bearer = await open({ send: 'bearer' })
    await bearer.at(0)
    expect(bearer.asked).toEqual([{ via: 'bearer', token: TOKEN, authorization: `Bearer ${TOKEN}` }])
    await using cookie = await open({ send: 'cookie', cookie: 'laravel_session' })
    const request = { headers: { cookie: `a=b; laravel_session=${TOKEN}` } }
    await expect(verifySession(request, cookie.preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    expect(cookie.asked).toEqual([{ via: 'cookie', token: TOKEN, authorization: undefined }])
  })

  it('reads the subject where it is told to, a whole number too, and the email', async () => {
    const answer = { user: { id: 42, mail: 'ada@example.com', confirmed: true } }
    const paths = { subject: ['user', 'id'], email: ['user', 'mail'], emailVerified: ['user', 'confirmed'] }
    await using stage = await open({ send: 'bearer', ...paths }, answer)
    await expect(stage.at(0)).resolves.toMatchObject({ subject: '42', email: 'ada@example.com', emailVerified: true })
  })
})

describe('introspect: what is remembered', () => {
  it('asks once for a crowd of requests with one token, and once for each other token', async () => {
    await using stage = await open()
    stage.people.set('another-token-0123', { active: true, sub: 'bob' })
    const crowd = Array.from({ length: 50 }, (_, index) => stage.at(0, index % 2 ? TOKEN : 'another-token-0123'))
    expect(new Set((await Promise.all(crowd)).map(({ subject }) => subject))).toEqual(new Set(['ada', 'bob']))
    expect(stage.asked).toHaveLength(2)
  })

  it('believes an answer for 60 seconds, then asks again, so that a session that was ended ends here', async () => {
    await using stage = await open()
    expect((await stage.at(0)).expiresAt).toEqual(after(60)())
    stage.people.delete(TOKEN)
    await expect(stage.at(59.999)).resolves.toMatchObject({ subject: 'ada' })
    expect(stage.asked).toHaveLength(1)
    expect((await refusalOf(stage.at(60))).reason).toBe('token_inactive')
  })

  it('believes it for as long as it is told to, and never longer than the token itself', async () => {
    await using stage = await open({ cacheSeconds: 300 }, { exp: NOW_SECONDS + 40 })
    expect((await stage.at(0)).expiresAt).toEqual(after(40)())
    expect((await refusalOf(stage.at(70))).code).toBe('SESSION_EXPIRED')
    expect(stage.asked).toHaveLength(1)
  })

  it('keeps the session for no longer than the answer, though the token itself is good for longer', async () => {
    await using stage = await open({}, { exp: NOW_SECONDS + 3600 })
    expect((await stage.at(0)).expiresAt).toEqual(after(60)())
  })

  it('remembers a refusal for 10 seconds', async () => {
    await using stage = await open()
    for (const seconds of [0, 5, 9.999]) await refusalOf(stage.at(seconds, 'later-known-token'))
    stage.people.set('later-known-token', { active: true, sub: 'bob' })
    await expect(stage.at(10, 'later-known-token')).resolves.toMatchObject({ subject: 'bob' })
    expect(stage.asked).toHaveLength(2)
  })

  it('asks again when the clock was set back by more than an answer is good for', async () => {
    await using stage = await open()
    await stage.at(0)
    await stage.at(-61)
    expect(stage.asked).toHaveLength(2)
  })

  it('remembers 10,000 answers and then forgets the oldest', async () => {
    let asked = 0
    const fetch = async () => ((asked += 1), Response.json({ active: true, sub: 'ada' }))
    const preset = introspect({ url: URL, fetch })
    const verify = (index: number) => verifySession(`the-token-number-${index}`, preset, { now: after(0) })
    for (let index = 0; index <= 10_000; index += 1) await verify(index)
    await verify(1)
    expect(asked).toBe(10_001)
    await verify(0)
    expect(asked).toBe(10_002)
  })
})

describe('introspect while the endpoint does not answer', () => {
  it.each([
    ['500', reply(500)],
    ['401 to our own credentials', reply(401)],
    ['a redirect', reply(302, '', { location: 'https://evil.example/' })],
  ])('says keys unavailable for %s, remembers nothing, and goes on with what it knew', async (_, answer) => {
    await using stage = await open()
    await stage.at(0)
    stage.server.answer = answer
    await expect(stage.at(30)).resolves.toMatchObject({ subject: 'ada' })
    const refusal = await refusalOf(stage.at(30, 'another-token-0123'))
    expect(refusal).toMatchObject({ code: 'SESSION_KEYS_UNAVAILABLE', where: URL })
    await refusalOf(stage.at(30, 'another-token-0123'))
    expect(stage.server.hits).toBe(3)
    expect(`${refusal.message} ${String(refusal.cause)}`).not.toContain('another-token')
  })

  it('says that nobody is signed in when an address for browsers leads to a sign-in page', async () => {
    for (const status of [204, 302, 303, 401, 403, 404]) {
      await using stage = await open({ send: 'bearer' })
      stage.server.answer = reply(status, '', { location: 'https://evil.example/' })
      expect((await refusalOf(stage.at(0))).reason).toBe('token_inactive')
      expect(stage.server.hits).toBe(1)
    }
  })

  it('holds at most 32 questions open, refuses the rest at once, and recovers', async () => {
    await using stage = await open()
    const { promise: opened, resolve: open32 } = Promise.withResolvers<void>()
    const held: (() => void)[] = []
    stage.server.answer = (request, response) => {
      held.push(() => reply(200, '{"active":true,"sub":"ada"}')(request, response))
      if (held.length === 32) open32()
    }
    const waiting = Array.from({ length: 32 }, (_, index) => stage.at(0, `waiting-token-${index}-`))
    await opened
    expect(await refusalOf(stage.at(0, 'one-token-too-many'))).toMatchObject({ code: 'SESSION_KEYS_UNAVAILABLE' })
    expect(stage.server.hits).toBe(32)
    held.forEach((answer) => answer())
    await Promise.all(waiting)
    stage.server.answer = reply(200, '{"active":true,"sub":"bob"}')
    await expect(stage.at(0, 'one-token-too-many')).resolves.toMatchObject({ subject: 'bob' })
  })
})

describe('introspect: mistakes of the developer', () => {
  it.each([
    ['a cookie without a name', { send: 'cookie' }, "with `send: 'cookie'`, `cookie` must name the cookie"],
    ['an id without its secret', { clientId: 'a' }, 'expected both `clientId` and `clientSecret`, or neither'],
    ['credentials that would not be sent', { send: 'bearer', clientId: 'a', clientSecret: 'CANARY' }, "belong to `send: 'form'`"],
    ['an unset secret', { clientId: 'a', clientSecret: undefined }, '`clientSecret` must be'],
    ['an address without https', { url: 'http://id.example.com/who' }, '`url` must be an https address'],
    ['a cache of an hour', { cacheSeconds: 3600 }, '`cacheSeconds` must be a number of seconds from 1 to 300, got 3600'],
    ['another way to send', { send: 'query' }, "`send` must be 'form', 'bearer' or 'cookie', got 'query'"],
    ['a subject that is no path', { subject: 'id' }, '`subject` must be a list of 1 to 8 names'],
  ])('refuses %s', (_, options, message) => {
    // A caller without types can pass anything.
    const attempt = () => introspect({ url: URL, ...options } as never)
    expect(attempt).toThrow(TypeError)
    expect(attempt).toThrow(message)
    expect(attempt).not.toThrow('CANARY')
  })
})
