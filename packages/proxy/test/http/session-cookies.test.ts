import { authjs, supabase } from '@trackline/session'
import { afterAll, describe, expect, it } from 'vitest'
import { authjsWriter } from '../../../session/test/support/authjs-writer.ts'
import { expectProblem } from '../stage/client.ts'
import { startProvider } from '../stage/identity-provider.ts'
import { ORIGIN, startStack } from '../stage/start-stack.ts'

const LOGIN = { event: 'login', properties: { method: 'sso' } }
const FROM_THE_PAGE = { 'content-type': 'application/json', origin: ORIGIN, 'x-trackline': '1' }
const COOKIE = 'authjs.session-token'
const secret = 'the AUTH_SECRET of the shop, which is long enough'

const provider = await startProvider(() => new Date())
const project = new URL(provider.url).origin
const stack = await startStack({
  isConnected: false,
  site: { session: [supabase({ url: project, cookie: true }), authjs({ secret, cookie: COOKIE })] },
})
afterAll(async () => {
  await stack.close()
  await provider.close()
})

/** Spread over cookies as the providers' own libraries spread what is too long for one. */
function chunked(name: string, value: string, size: number): string[] {
  return Array.from({ length: Math.ceil(value.length / size) }, (_, index) => `${name}.${index}=${value.slice(index * size, (index + 1) * size)}`)
}

async function supabaseCookies(): Promise<string[]> {
  const token = await provider.token({ issuer: `${project}/auth/v1`, audience: 'authenticated', claims: { role: 'authenticated' } })
  const session = JSON.stringify({ access_token: token, refresh_token: 'r', user: { note: 'x'.repeat(6_000) } })
  return chunked('sb-127-auth-token', `base64-${Buffer.from(session).toString('base64url')}`, 3_180)
}

async function authjsCookies(): Promise<string[]> {
  const now = Math.floor(Date.now() / 1_000)
  const payload = { sub: 'grace', email: 'grace@example.com', name: 'x'.repeat(5_000), iat: now, exp: now + 3_600, jti: '1' }
  const token = authjsWriter({ version: 5, secret, cookie: COOKIE })(Buffer.from('{"alg":"dir","enc":"A256CBC-HS512"}'), Buffer.from(JSON.stringify(payload)))
  return chunked(COOKIE, token, 3_900)
}

const track = (cookies: string[], headers: Record<string, string> = FROM_THE_PAGE) =>
  stack.send('/v1/track', { method: 'POST', headers: { ...headers, cookie: cookies.join('; ') }, body: JSON.stringify(LOGIN) })

describe.each([
  ['Supabase', supabaseCookies],
  ['Auth.js', authjsCookies],
])('the session of %s, spread over several cookies', (_, cookies) => {
  it('is put together again, whatever their order', async () => {
    const all = await cookies()
    expect(all.length).toBeGreaterThan(1)
    expect((await track(all)).status).toBe(202)
    expect((await track([...all.toReversed(), 'theme=dark'])).status).toBe(202)
  })

  it('is refused when one of them is missing, and nothing is stored', async () => {
    const before = await stack.audit()
    expectProblem(await track((await cookies()).slice(0, 1)), 'SESSION_INVALID')
    expectProblem(await track((await cookies()).slice(1)), 'SESSION_MISSING')
    expect(await stack.audit()).toEqual(before)
  })

  it('is refused from a page that does not send x-trackline: 1', async () => {
    const { 'x-trackline': _header, ...headers } = FROM_THE_PAGE
    expectProblem(await track(await cookies(), headers), 'CSRF_REFUSED')
  })
})
