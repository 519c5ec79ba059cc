import { encode } from '@auth/core/jwt'
import { betterAuth as betterAuthServer } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { jwt } from 'better-auth/plugins'
import jsonwebtoken from 'jsonwebtoken'
import { describe, expect, it } from 'vitest'
import { authjs, betterAuth, deviseJwt, simplejwt, verifySession } from '../../src/index.ts'

const SECRET = 'a secret of more than thirty-two bytes for tests'

describe('tokens made by the real package are accepted', () => {
  it.each(['authjs.session-token', '__Secure-authjs.session-token'])('Auth.js: an encrypted session in the cookie %s', async (cookie) => {
    const token = await encode({ salt: cookie, secret: SECRET, token: { sub: 'ada', email: 'ada@example.com', name: 'Ada' } })
    const request = new Request('https://app.example.com', { headers: { cookie: `${cookie}=${token}` } })
    const session = await verifySession(request, authjs({ secret: SECRET, cookie }))
    expect(session).toMatchObject({ subject: 'ada', email: 'ada@example.com' })
  })

  it("Better Auth: a token of its jwt plugin, verified with the key set that the same server publishes", async () => {
    const baseURL = 'https://app.example.com'
    const tables = { user: [], session: [], account: [], verification: [], jwks: [] }
    const auth = betterAuthServer({ baseURL, secret: SECRET, database: memoryAdapter(tables), emailAndPassword: { enabled: true }, plugins: [jwt()] })
    const signedUp = await auth.handler(
      new Request(`${baseURL}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: baseURL },
        body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' }),
      }),
    )
    const cookie = signedUp.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ')
    const answer = await auth.handler(new Request(`${baseURL}/api/auth/token`, { headers: { cookie } }))
    const { token } = await answer.json()
    const fetch = (url: RequestInfo | URL) => auth.handler(new Request(String(url)))
    const preset = betterAuth({ baseURL, fetch })
    const session = await verifySession(token, preset)
    // A new account's email is unverified, and Better Auth says so.
    expect(session).toMatchObject({ issuer: baseURL, emailVerified: false, claims: { email: 'ada@example.com' } })
  })

  it('jsonwebtoken: the shapes of Simple JWT and devise-jwt', async () => {
    const simple = jsonwebtoken.sign({ token_type: 'access', user_id: 42, jti: 'a1' }, SECRET, { expiresIn: '5m' })
    expect(await verifySession(simple, simplejwt({ secret: SECRET }))).toMatchObject({ subject: '42' })
    const devise = jsonwebtoken.sign({ sub: '42', scp: 'user', aud: null, jti: 'a2' }, SECRET, { expiresIn: '1h' })
    expect(await verifySession(devise, deviseJwt({ secret: SECRET }))).toMatchObject({ subject: '42' })
  })
})
