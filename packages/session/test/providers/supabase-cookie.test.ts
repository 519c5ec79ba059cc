import { createServerClient } from '@supabase/ssr'
import jsonwebtoken from 'jsonwebtoken'
import { describe, expect, it } from 'vitest'
import { supabase, verifySession } from '../../src/index.ts'

const URL = 'https://abcdefgh.supabase.co'
const SECRET = 'a secret of more than thirty-two bytes for tests'
const claims = { sub: 'ada', email: 'ada@example.com', role: 'authenticated', session_id: 's1', is_anonymous: false }
const token = jsonwebtoken.sign(claims, SECRET, { issuer: `${URL}/auth/v1`, audience: 'authenticated', expiresIn: '1h' })

/** Signs in with the real library, which asks the provider only whose token it is, and gives back the cookies that it sets. */
async function cookiesOf(note: string): Promise<string[]> {
  const cookies: string[] = []
  const user = { id: 'ada', aud: 'authenticated', email: 'ada@example.com', app_metadata: {}, user_metadata: { note }, created_at: '2026-01-01T00:00:00Z' }
  const client = createServerClient(URL, 'anon', {
    cookies: { getAll: () => [], setAll: (all) => { cookies.push(...all.filter(({ value }) => value).map(({ name, value }) => `${name}=${value}`)) } },
    global: { fetch: () => Promise.resolve(Response.json(user)) },
  })
  const { error } = await client.auth.setSession({ access_token: token, refresh_token: 'refresh' })
  expect(error).toBeNull()
  return cookies
}

describe("the session cookie that Supabase's own library writes is read", () => {
  it.each([['one piece', 'short', 1], ['several pieces', 'ünïcode '.repeat(600), 3]])('in %s', async (_, note, atLeast) => {
    const cookies = await cookiesOf(note)
    expect(cookies.length).toBeGreaterThanOrEqual(atLeast)
    const request = new Request('https://app.example.com', { headers: { cookie: cookies.join('; ') } })
    const session = await verifySession(request, supabase({ url: URL, jwtSecret: SECRET, cookie: true }))
    expect(session).toMatchObject({ subject: 'ada', email: 'ada@example.com' })
  })
})
