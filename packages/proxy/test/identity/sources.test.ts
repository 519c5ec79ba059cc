import { describe, expect, it } from 'vitest'
import { Webhook } from 'standardwebhooks'
import type { Circumstances, LookupSource } from '../../src/identity/email-source.ts'
import { auth0User } from '../../src/identity/sources/auth0-user.ts'
import { clerkUser } from '../../src/identity/sources/clerk-user.ts'
import { httpLookup } from '../../src/identity/sources/http-lookup.ts'
import { userinfo } from '../../src/identity/sources/userinfo.ts'
import { workosUser } from '../../src/identity/sources/workos-user.ts'
import { json, serveOnLoopback } from './serve-on-loopback.ts'
import { simulateAuth0, simulateClerk, simulateOidc, simulateWorkos } from './simulated-apis.ts'

const NOW = new Date('2026-11-24T12:00:00Z')

/** Asks one source about one person, as the chain does. */
function asking(source: LookupSource, issuer?: string) {
  const opened = source.open()
  return async (subject: string, circumstances: Partial<Circumstances> = {}) => {
    const person = { site: 'main', subject, ...(issuer === undefined ? {} : { issuer }) }
    return opened.find(person, { signal: AbortSignal.timeout(5_000), now: () => NOW, ...circumstances })
  }
}

describe('clerkUser', () => {
  const open = async (secretKey = 'sk_test_1') => {
    const api = await simulateClerk()
    return { api, ask: asking(clerkUser({ secretKey, apiUrl: api.url, allowPrivate: true })) }
  }

  it('finds the primary email, and whether it is verified', async () => {
    const { api, ask } = await open()
    expect(await ask('user_ada')).toEqual({ email: 'Ada@Example.com', emailVerified: true })
    expect(await ask('user_new')).toEqual({ email: 'new@example.com', emailVerified: false })
    expect(api.asked.map(({ path }) => path)).toEqual(['/v1/users/user_ada', '/v1/users/user_new'])
  })

  it('finds none for somebody without one, for nobody, and asks not for an id that is not of Clerk', async () => {
    const { api, ask } = await open()
    for (const subject of ['user_phone', 'user_nobody', '42', '../../admin', 'user_a/../b']) expect(await ask(subject)).toBeUndefined()
    expect(api.asked).toHaveLength(2)
  })

  it.each([
    ['429 and Retry-After in seconds', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
    ['429 and a date', { status: 429, headers: { 'retry-after': new Date(NOW.getTime() + 30_000).toUTCString() } }, 30_000],
    ['429 and a wait of a week, which is believed for an hour', { status: 429, headers: { 'retry-after': '604800' } }, 3_600_000],
    ['503 without saying', { status: 503 }, undefined],
    ['500', { status: 500 }, undefined],
  ])('is unavailable at %s', async (_, fault, retryAfterMs) => {
    const { api, ask } = await open()
    api.faults.push(fault)
    await expect(ask('user_ada')).rejects.toMatchObject({ name: 'SourceUnavailable', message: `clerkUser answered ${fault.status}`, retryAfterMs })
    expect(await ask('user_ada')).toMatchObject({ email: 'Ada@Example.com' })
  })

  it('says what to check when the key is wrong, and not the key', async () => {
    const { ask } = await open('sk_live_CANARY')
    await expect(ask('user_ada')).rejects.toThrow('clerkUser answered 401: check its key and what the key may do')
    await expect(ask('user_ada')).rejects.not.toThrow('CANARY')
  })
})

describe('workosUser', () => {
  it('finds the email of a user, and none of nobody', async () => {
    const api = await simulateWorkos()
    const ask = asking(workosUser({ apiKey: 'sk_1', apiUrl: api.url, allowPrivate: true }))
    expect(await ask('user_01ADA')).toEqual({ email: 'ada@example.com', emailVerified: true })
    expect(await ask('user_01NOBODY')).toBeUndefined()
  })
})

describe('auth0User', () => {
  const open = async (clientSecret = 'hush') => {
    const api = await simulateAuth0()
    const source = auth0User({ domain: 'acme.eu.auth0.com', clientId: 'm2m', clientSecret, apiUrl: api.url, allowPrivate: true })
    return { api, ask: asking(source) }
  }

  it('gets one token for all questions, and finds the email', async () => {
    const { api, ask } = await open()
    const answers = await Promise.all(['auth0|ada', 'auth0|ada', 'auth0|nobody'].map((subject) => ask(subject)))
    expect(answers).toEqual([{ email: 'ada@example.com', emailVerified: true }, { email: 'ada@example.com', emailVerified: true }, undefined])
    expect(api.granted).toHaveLength(1)
    expect(api.asked.at(-1)?.path).toContain('/api/v2/users/auth0%7C')
  })

  it('gets a new one before the old one ends, and after a 401', async () => {
    const { api, ask } = await open()
    await ask('auth0|ada')
    await ask('auth0|ada', { now: () => new Date(NOW.getTime() + 86_400_000 - 59_000) })
    expect(api.granted).toHaveLength(2)
    api.revoke()
    await expect(ask('auth0|ada')).rejects.toThrow('auth0User answered 401')
    expect(await ask('auth0|ada')).toMatchObject({ email: 'ada@example.com' })
  })

  it("waits until Auth0's window ends", async () => {
    const { api, ask } = await open()
    await ask('auth0|ada')
    api.faults.push({ status: 429, headers: { 'x-ratelimit-reset': String(NOW.getTime() / 1_000 + 12) } })
    await expect(ask('auth0|ada')).rejects.toMatchObject({ retryAfterMs: 12_000 })
  })

  it('says what to check when it gets no token, and not the secret', async () => {
    const { ask } = await open('CANARY')
    await expect(ask('auth0|ada')).rejects.toThrow('auth0User got no token: status 401')
    await expect(ask('auth0|ada')).rejects.not.toThrow('CANARY')
  })
})

describe('userinfo', () => {
  const PEOPLE = { ada: { email: 'ada@example.com', email_verified: true }, eve: { email: 'eve@example.com' } }
  const open = async () => {
    const api = await simulateOidc(PEOPLE, { 'token of ada': 'ada', 'token of eve': 'eve' })
    return { api, ask: asking(userinfo({ allowPrivate: true }), api.url) }
  }

  it("finds the endpoint by the issuer's discovery document, once, and asks with the person's token", async () => {
    const { api, ask } = await open()
    expect(await ask('ada', { token: 'token of ada' })).toEqual({ email: 'ada@example.com', emailVerified: true })
    expect(await ask('eve', { token: 'token of eve' })).toEqual({ email: 'eve@example.com' })
    expect(api.asked.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration', '/userinfo', '/userinfo'])
  })

  it('asks nothing without a token', async () => {
    const { api, ask } = await open()
    expect(await ask('ada')).toBeUndefined()
    expect(api.asked).toEqual([])
  })

  it('a token that the endpoint does not take tells no email', async () => {
    const { ask } = await open()
    expect(await ask('ada', { token: 'an id token' })).toBeUndefined()
  })

  it('an answer about somebody else is not used', async () => {
    const { ask } = await open()
    await expect(ask('ada', { token: 'token of eve' })).rejects.toThrow('another subject')
  })

  it('an issuer that is no address, or whose document is of another issuer, has no endpoint', async () => {
    const { api } = await open()
    const stytch = asking(userinfo({ allowPrivate: true }), 'stytch.com/project-1')
    await expect(stytch('ada', { token: 'token of ada' })).rejects.toThrow('give userinfo({ url })')
    const other = asking(userinfo({ allowPrivate: true }), `${api.url}/`)
    await expect(other('ada', { token: 'token of ada' })).rejects.toThrow('names no userinfo endpoint')
    const given = asking(userinfo({ url: `${api.url}/userinfo`, allowPrivate: true }), 'stytch.com/project-1')
    expect(await given('ada', { token: 'token of ada' })).toMatchObject({ email: 'ada@example.com' })
  })
})

describe('httpLookup', () => {
  const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

  it('posts issuer and subject, signed so that a Standard Webhooks library verifies it', async () => {
    const server = await serveOnLoopback((asked, response) => {
      // The library reads the clock: the timestamp must be of now.
      const body = new Webhook(SECRET).verify(asked.body, asked.headers as Record<string, string>) as { sub: string }
      json(response, { email: `${body.sub}@example.com`, emailVerified: true })
    })
    const ask = asking(httpLookup({ url: `${server.url}/emails`, secret: SECRET, allowPrivate: true }), 'https://id.example.com')
    expect(await ask('ada', { now: () => new Date() })).toEqual({ email: 'ada@example.com', emailVerified: true })
    expect(server.asked).toMatchObject([{ method: 'POST', path: '/emails' }])
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual({ iss: 'https://id.example.com', sub: 'ada', site: 'main' })
    const forged = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`)
    expect(() => forged.verify(server.asked[0]?.body ?? '', server.asked[0]?.headers as Record<string, string>)).toThrow('No matching signature')
  })

  it.each([
    ['404: nobody', 404, {}, undefined],
    ['200 and null: nobody', 200, { email: null }, undefined],
    ['200 and a number: nobody', 200, { email: 42 }, undefined],
    ['200 and email_verified', 200, { email: 'ada@example.com', email_verified: false }, { email: 'ada@example.com', emailVerified: false }],
  ])('reads %s', async (_, status, body, expected) => {
    const server = await serveOnLoopback((_asked, response) => json(response, body, status))
    expect(await asking(httpLookup({ url: server.url, secret: SECRET, allowPrivate: true }))('ada')).toEqual(expected)
  })

  it.each([
    ['a redirect', 302, 'answered 302'],
    ['a refusal', 403, 'answered 403'],
    ['a page', 200, 'without a JSON object'],
  ])('is unavailable at %s', async (_, status, says) => {
    const server = await serveOnLoopback((_asked, response) => response.writeHead(status, { location: 'http://127.0.0.1/' }).end('<html>'))
    await expect(asking(httpLookup({ url: server.url, secret: SECRET, allowPrivate: true }))('ada')).rejects.toThrow(says)
  })

  it('is not led to a private address', async () => {
    const server = await serveOnLoopback((_, response) => json(response, { email: 'eve@example.com' }))
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const ask = asking(httpLookup({ url: `https://users.example.com:${server.port}/`, secret: SECRET, resolve }))
    await expect(ask('ada')).rejects.toThrow('it leads to 127.0.0.1')
    expect(server.asked).toEqual([])
  })

  it.each([
    ['a short secret', { secret: 'whsec_CANARY' }, 'secret must be'],
    ['a secret of another form', { secret: 'CANARY'.repeat(9) }, 'secret must be'],
    ['http', { url: 'http://users.example.com' }, 'url must be an https address'],
  ])('refuses %s at the start, and shows no secret', (_, options, says) => {
    const attempt = () => httpLookup({ url: 'https://users.example.com', secret: SECRET, ...options })
    expect(attempt).toThrow(says)
    expect(attempt).not.toThrow('CANARY')
  })
})
