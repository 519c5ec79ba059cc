import { describe, expect, it } from 'vitest'
import { CLIENT, codeExchange, openEmulator, REDIRECT_URI } from '../open-account.ts'

const GOOD = { client_id: CLIENT.client_id, redirect_uri: REDIRECT_URI, scope: 'oauth timeline', state: 's-1' }
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

describe('the consent page', () => {
  it('says who asks, for what in words, and offers the demo account', async () => {
    const { get } = await openEmulator()
    const { status, text } = await get(`/oauth/authorize?${new URLSearchParams(GOOD)}`)
    expect(status).toBe(200)
    expect(text).toContain('Connect Trackline to your account')
    expect(text).toContain('Add events to the timelines of your records')
    expect(text).toContain('value="62515" checked')
  })

  it('goes back with a code and the state when a person connects', async () => {
    const { send } = await openEmulator()
    const { status, headers } = await send(`/oauth/authorize?${new URLSearchParams(GOOD)}`, connect({ account: '62515' }))
    expect(status).toBe(302)
    const back = new URL(headers.get('location') ?? '')
    expect(back.origin + back.pathname).toBe(REDIRECT_URI)
    expect(back.searchParams.get('state')).toBe('s-1')
    expect(back.searchParams.get('code')).toMatch(/^na1-/)
  })

  it('installs the account that was typed in', async () => {
    const session = await openEmulator()
    const path = `/oauth/authorize?${new URLSearchParams(GOOD)}`
    const { headers } = await session.send(path, connect({ account: 'other', other_account: '4711' }))
    const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
    expect((await session.form('/oauth/v3/token', codeExchange(code))).json).toMatchObject({ hub_id: 4711 })
  })

  it('refuses an account that is not a number', async () => {
    const { send } = await openEmulator()
    const path = `/oauth/authorize?${new URLSearchParams(GOOD)}`
    const { status, headers } = await send(path, connect({ account: 'other', other_account: 'acme' }))
    expect(status).toBe(400)
    expect(headers.get('location')).toBeNull()
  })

  it('keeps to the account in the path whatever the form says', async () => {
    const session = await openEmulator()
    const { headers } = await session.send(`/oauth/777/authorize?${new URLSearchParams(GOOD)}`, connect({ account: '62515' }))
    const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
    expect((await session.form('/oauth/v3/token', codeExchange(code))).json).toMatchObject({ hub_id: 777 })
  })

  it('links its cancel button to error=access_denied with the state', async () => {
    const { get } = await openEmulator()
    const { text } = await get(`/oauth/authorize?${new URLSearchParams(GOOD)}`)
    expect(text).toMatch(
      /href="http:\/\/127\.0\.0\.1:9\/callback\?error=access_denied&amp;error_description=[^"]*&amp;state=s-1"/,
    )
  })

  it('approves at once with autoConsent, keeping a query the redirect address has', async () => {
    const { get } = await openEmulator({ autoConsent: true })
    const { status, headers } = await get(
      `/oauth/authorize?${new URLSearchParams({ ...GOOD, redirect_uri: `${REDIRECT_URI}?site=main` })}`,
    )
    expect(status).toBe(302)
    expect(headers.get('location')).toMatch(/callback\?site=main&code=na1-[\w-]+&state=s-1$/)
  })

  it('escapes what the address brings', async () => {
    const { get } = await openEmulator()
    const { text } = await get(`/oauth/authorize?${new URLSearchParams({ ...GOOD, client_id: '<script>alert(1)</script>' })}`)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain('<script>alert')
  })
})

describe('an address that is wrong', () => {
  it.each([
    ['an unknown client', { ...GOOD, client_id: 'nobody' }, 'No app has the client_id &quot;nobody&quot;'],
    ['no client', { ...GOOD, client_id: '' }, 'The address has no client_id'],
    ['no redirect_uri', { ...GOOD, redirect_uri: '' }, 'The address has no redirect_uri'],
    ['a redirect_uri that is not complete', { ...GOOD, redirect_uri: '/callback' }, 'is not a complete address'],
    ['plain http to another machine', { ...GOOD, redirect_uri: 'http://shop.example/cb' }, 'is not registered'],
    ['a redirect to a script', { ...GOOD, redirect_uri: 'javascript:alert(1)' }, 'is not registered'],
    ['a redirect_uri with a fragment', { ...GOOD, redirect_uri: `${REDIRECT_URI}#x` }, 'must not have a fragment'],
    ['no scope', { ...GOOD, scope: '' }, 'The address has no scope'],
    ['the scope oauth missing', { ...GOOD, scope: 'timeline' }, 'The required scope &quot;oauth&quot; is missing'],
    ['a scope that does not exist', { ...GOOD, scope: 'oauth timelines' }, 'The scope &quot;timelines&quot; does not exist'],
    [
      'a plain code challenge',
      { ...GOOD, code_challenge: CHALLENGE, code_challenge_method: 'plain' },
      'must be &quot;S256&quot;',
    ],
    ['a code challenge without a method', { ...GOOD, code_challenge: CHALLENGE }, 'must be &quot;S256&quot;'],
    [
      'a code challenge that is no hash',
      { ...GOOD, code_challenge: 'abc', code_challenge_method: 'S256' },
      '43 base64url characters',
    ],
  ])('gets a page that names %s, and no redirect', async (_name, query, problem) => {
    const { get } = await openEmulator({ autoConsent: true })
    const { status, headers, text } = await get(`/oauth/authorize?${new URLSearchParams(query)}`)
    expect(status).toBe(400)
    expect(headers.get('location')).toBeNull()
    expect(text).toContain(problem)
  })

  it('is refused when the account in the path is not a number', async () => {
    const { get } = await openEmulator({ autoConsent: true })
    expect((await get(`/oauth/acme/authorize?${new URLSearchParams(GOOD)}`)).status).toBe(400)
  })

  it('may redirect to https anywhere and to http on localhost', async () => {
    const { get } = await openEmulator({ autoConsent: true })
    for (const redirect of ['https://app.example/cb', 'http://localhost:3000/cb']) {
      const { status, headers } = await get(`/oauth/authorize?${new URLSearchParams({ ...GOOD, redirect_uri: redirect })}`)
      expect(status).toBe(302)
      expect(headers.get('location')).toContain(`${redirect}?code=`)
    }
  })
})

function connect(fields: Record<string, string>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) }
}
