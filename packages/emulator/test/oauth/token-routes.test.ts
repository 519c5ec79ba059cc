import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { authorize, CLIENT, codeExchange, install, openEmulator } from '../open-account.ts'

const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-00'
const PKCE = { code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'), code_challenge_method: 'S256' }

describe('exchanging a code', () => {
  it.each(['/oauth/2026-03/token', '/oauth/v3/token', '/oauth/v1/token'])('works at %s', async (path) => {
    const session = await openEmulator({ autoConsent: true })
    const { status, json, headers } = await session.form(
      path,
      codeExchange(await authorize(session, { scope: 'oauth timeline' })),
    )
    expect(status).toBe(200)
    expect(json).toMatchObject({
      token_type: 'bearer',
      token_use: 'access_token',
      expires_in: 1800,
      hub_id: 62515,
      access_token: expect.stringMatching(/^[\w-]{200,}$/),
      refresh_token: expect.any(String),
      scopes: ['oauth', 'timeline'],
    })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('grants optional scopes too', async () => {
    const session = await openEmulator({ autoConsent: true })
    const code = await authorize(session, { scope: 'oauth', optional_scope: 'timeline tickets' })
    expect((await session.form('/oauth/v3/token', codeExchange(code))).json).toMatchObject({
      scopes: ['oauth', 'timeline', 'tickets'],
    })
  })

  it('works once: a second time is BAD_AUTH_CODE in both spellings', async () => {
    const session = await openEmulator({ autoConsent: true })
    const fields = codeExchange(await authorize(session, {}))
    expect((await session.form('/oauth/v3/token', fields)).status).toBe(200)
    const { status, json } = await session.form('/oauth/v3/token', fields)
    expect(status).toBe(400)
    expect(json).toMatchObject({
      status: 'BAD_AUTH_CODE',
      error: 'invalid_grant',
      message: expect.any(String),
      error_description: expect.any(String),
    })
  })

  it('works within 60 seconds and not after', async () => {
    const session = await openEmulator({ autoConsent: true })
    const [early, late] = [await authorize(session, {}), await authorize(session, {})]
    session.pass(59)
    expect((await session.form('/oauth/v3/token', codeExchange(early))).status).toBe(200)
    session.pass(1)
    expect((await session.form('/oauth/v3/token', codeExchange(late))).json).toMatchObject({ status: 'BAD_AUTH_CODE' })
  })

  it('refuses another redirect_uri than the code was issued for', async () => {
    const session = await openEmulator({ autoConsent: true })
    const fields = { ...codeExchange(await authorize(session, {})), redirect_uri: 'http://127.0.0.1:9/other' }
    expect((await session.form('/oauth/v3/token', fields)).json).toMatchObject({
      status: 'BAD_REDIRECT_URI',
      error: 'invalid_grant',
    })
  })

  it('takes the right code_verifier, and no wrong or missing one', async () => {
    const session = await openEmulator({ autoConsent: true })
    const exchange = async (verifier?: string) =>
      session.form('/oauth/v3/token', {
        ...codeExchange(await authorize(session, PKCE)),
        ...(verifier !== undefined && { code_verifier: verifier }),
      })
    expect((await exchange(VERIFIER)).status).toBe(200)
    expect((await exchange(`${VERIFIER}x`)).json).toMatchObject({
      error: 'invalid_grant',
      message: 'code_verifier does not match the code_challenge',
    })
    expect((await exchange()).json).toMatchObject({ error: 'invalid_grant' })
  })

  it('refuses a code_verifier for a code that was issued without a challenge', async () => {
    const session = await openEmulator({ autoConsent: true })
    const fields = { ...codeExchange(await authorize(session, {})), code_verifier: VERIFIER }
    expect((await session.form('/oauth/v3/token', fields)).json).toMatchObject({ error: 'invalid_grant' })
  })

  it('leaves the code usable when the client secret was wrong', async () => {
    const session = await openEmulator({ autoConsent: true })
    const fields = codeExchange(await authorize(session, {}))
    const refused = await session.form('/oauth/v3/token', { ...fields, client_secret: 'guess' })
    expect(refused.status).toBe(400)
    expect(refused.json).toMatchObject({ status: 'BAD_CLIENT_SECRET', error: 'invalid_client' })
    expect((await session.form('/oauth/v3/token', fields)).status).toBe(200)
  })
})

describe('refreshing', () => {
  it('gives a new access token and the same refresh token, again and again', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken, refreshToken } = await install(session, 'oauth timeline')
    const first = await session.form('/oauth/2026-03/token', refresh(refreshToken))
    const second = await session.form('/oauth/2026-03/token', refresh(refreshToken))
    expect(first.json).toMatchObject({ refresh_token: refreshToken, scopes: ['oauth', 'timeline'] })
    const tokens = [accessToken, ...[first, second].map(({ json }) => JSON.stringify(json))]
    expect(new Set(tokens).size).toBe(3)
  })

  it('names an unknown refresh token in both spellings', async () => {
    const { form } = await openEmulator()
    const { status, json } = await form('/oauth/2026-03/token', refresh('na1-unknown'))
    expect(status).toBe(400)
    expect(json).toMatchObject({
      status: 'BAD_REFRESH_TOKEN',
      error: 'invalid_grant',
      message: 'missing or unknown refresh token',
    })
  })
})

describe('a token call that is wrong', () => {
  it.each([
    ['no grant_type', {}, 'BAD_REQUEST', 'missing form field "grant_type"'],
    ['an unknown grant_type', { grant_type: 'password' }, 'BAD_GRANT_TYPE', 'grant_type "password" is not supported'],
    ['no client_id', { grant_type: 'refresh_token' }, 'BAD_REQUEST', 'missing form field "client_id"'],
    [
      'an unknown client_id',
      { grant_type: 'refresh_token', client_id: 'x', client_secret: 'y' },
      'BAD_CLIENT_ID',
      'no app has the client_id "x"',
    ],
    ['no refresh_token', { grant_type: 'refresh_token', ...CLIENT }, 'BAD_REQUEST', 'missing form field "refresh_token"'],
    ['no redirect_uri', { grant_type: 'authorization_code', ...CLIENT }, 'BAD_REQUEST', 'missing form field "redirect_uri"'],
  ])('names %s', async (_name, fields, status, message) => {
    const { form } = await openEmulator()
    const answer = await form('/oauth/v3/token', { ...fields })
    expect(answer.status).toBe(400)
    expect(answer.json).toMatchObject({ status, message: expect.stringContaining(message) })
  })

  it('gets 415 for JSON: only forms are read', async () => {
    const { post } = await openEmulator()
    expect((await post('/oauth/v3/token', codeExchange('x'))).status).toBe(415)
  })
})

function refresh(refreshToken: string) {
  return { grant_type: 'refresh_token', refresh_token: refreshToken, ...CLIENT }
}
