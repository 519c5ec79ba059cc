import { describe, expect, it } from 'vitest'
import { authorizeUrl, exchangeCode, refreshTokens, revokeToken, uninstallApp } from '../../src/hubspot/oauth.ts'
import type { OAuthClient } from '../../src/hubspot/oauth.ts'
import { serveAnswers } from '../stage/serve-answers.ts'
import type { Served } from '../stage/serve-answers.ts'

const client: OAuthClient = {
  clientId: 'client',
  clientSecret: 'hidden & secret',
  redirectUri: 'https://t.example.com/oauth/callback',
  oauthVersion: '2026-03',
}
const answerOf = (body: object, status = 200): Served => ({ status, body: JSON.stringify(body) })
const TOKENS = { access_token: 'a', refresh_token: 'r', expires_in: 1_800, hub_id: 62_515, token_type: 'bearer' }

async function refreshed(served: Served, timeoutMs = 5_000) {
  const { url } = await serveAnswers(() => served)
  return refreshTokens({ baseUrl: url, fetch, timeoutMs }, client, 'the old one')
}

describe('authorizeUrl', () => {
  it('names account, client, scopes, state and challenge, each encoded', () => {
    const url = new URL(
      authorizeUrl(client, {
        appUrl: 'https://app.hubspot.com',
        account: 62_515,
        scopes: ['oauth', 'timeline'],
        state: 'a&b',
        codeChallenge: 'c',
      }),
    )
    expect(url.origin + url.pathname).toBe('https://app.hubspot.com/oauth/62515/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'client',
      redirect_uri: client.redirectUri,
      scope: 'oauth timeline',
      state: 'a&b',
      code_challenge: 'c',
      code_challenge_method: 'S256',
    })
  })
})

describe('asking for tokens', () => {
  it.each(['2026-03', 'v3', 'v1'] as const)(
    'goes to the configured version (%s), all of it in the body and none in the address',
    async (oauthVersion) => {
      const { url, asked } = await serveAnswers(() => answerOf(TOKENS))
      const endpoint = { baseUrl: url, fetch, timeoutMs: 5_000 }
      await exchangeCode(endpoint, { ...client, oauthVersion }, { code: 'the code', codeVerifier: 'the verifier' })
      await refreshTokens(endpoint, { ...client, oauthVersion }, 'the old one')
      expect(asked.map(({ method, path }) => [method, path])).toEqual([
        ['POST', `/oauth/${oauthVersion}/token`],
        ['POST', `/oauth/${oauthVersion}/token`],
      ])
      expect(asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
        {
          grant_type: 'authorization_code',
          code: 'the code',
          code_verifier: 'the verifier',
          redirect_uri: client.redirectUri,
          client_id: 'client',
          client_secret: 'hidden & secret',
        },
        { grant_type: 'refresh_token', refresh_token: 'the old one', client_id: 'client', client_secret: 'hidden & secret' },
      ])
      expect(asked[0]?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
    },
  )

  it.each<[string, Served, object]>([
    [
      'all that HubSpot tells',
      answerOf(TOKENS),
      { kind: 'granted', tokens: { accessToken: 'a', refreshToken: 'r', expiresIn: 1_800, hubId: 62_515 } },
    ],
    [
      'no account',
      answerOf({ ...TOKENS, hub_id: undefined }),
      { kind: 'granted', tokens: { accessToken: 'a', refreshToken: 'r', expiresIn: 1_800 } },
    ],
    [
      'no refresh token: the old one goes on',
      answerOf({ ...TOKENS, refresh_token: undefined }),
      { kind: 'granted', tokens: { refreshToken: 'the old one' } },
    ],
    [
      'another refresh token: it counts from now on',
      answerOf({ ...TOKENS, refresh_token: 'new' }),
      { kind: 'granted', tokens: { refreshToken: 'new' } },
    ],
    ['200 without a token', answerOf({}), { kind: 'unavailable', reason: /without access_token/ }],
    ['200 with text for seconds', answerOf({ ...TOKENS, expires_in: '1800' }), { kind: 'unavailable' }],
    ['200 with a page', { status: 200, body: '<html>' }, { kind: 'unavailable' }],
    [
      'a refusal in the old words',
      answerOf({ status: 'BAD_REFRESH_TOKEN', message: 'missing or unknown refresh token' }, 400),
      { kind: 'refused', reason: 'BAD_REFRESH_TOKEN: missing or unknown refresh token' },
    ],
    [
      'a refusal in the words of the standard',
      answerOf({ error: 'invalid_grant' }, 400),
      { kind: 'refused', reason: 'invalid_grant: HubSpot gave no reason' },
    ],
    ['429', answerOf({ message: 'slow down' }, 429), { kind: 'unavailable' }],
    ['408', answerOf({}, 408), { kind: 'unavailable' }],
    ['500', answerOf({}, 500), { kind: 'unavailable', reason: '500: HubSpot gave no reason' }],
    ['a connection that is cut', 'cut', { kind: 'unavailable' }],
  ])('and getting %s', async (_, served, expected) => {
    const answer = await refreshed(served)
    const { reason, ...rest } = { reason: undefined, ...expected }
    expect(answer).toMatchObject(rest)
    if (reason) expect(answer).toMatchObject({ reason: expect.stringMatching(reason) })
  })

  it('and getting no answer in time is unavailable', async () => {
    expect(await refreshed('never', 50)).toMatchObject({ kind: 'unavailable' })
  })

  it.each([
    ['401', 401, {}],
    ['another client secret', 400, { error: 'invalid_client', status: 'BAD_CLIENT_SECRET', message: 'wrong client secret' }],
  ])('and getting %s says nothing of the grant: it is not given up', async (_, status, body) => {
    expect(await refreshed(answerOf(body, status))).toMatchObject({ kind: 'unavailable' })
  })

  it('never tells the client secret in a reason', async () => {
    expect(JSON.stringify(await refreshed('cut'))).not.toContain('hidden')
  })
})

describe('giving a connection back', () => {
  it.each([
    ['2026-03', 'POST /oauth/2026-03/token/revoke', 'DELETE /appinstalls/2026-03/external-install'],
    ['v3', 'POST /oauth/v3/token/revoke', 'DELETE /appinstalls/v3/external-install'],
    ['v1', 'DELETE /oauth/v1/refresh-tokens/a%20token', 'DELETE /appinstalls/v3/external-install'],
  ] as const)('goes to the configured version (%s)', async (oauthVersion, revoke, uninstall) => {
    const { url, asked } = await serveAnswers(() => ({ status: 204 }))
    const endpoint = { baseUrl: url, fetch, timeoutMs: 5_000 }
    await revokeToken(endpoint, { ...client, oauthVersion }, 'a token')
    await uninstallApp(endpoint, { ...client, oauthVersion }, 'the access token')
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([revoke, uninstall])
    expect(asked[1]?.headers.authorization).toBe('Bearer the access token')
  })

  it("that HubSpot refuses is an error in HubSpot's words", async () => {
    const { url } = await serveAnswers(() => answerOf({ message: 'not now' }, 503))
    const endpoint = { baseUrl: url, fetch, timeoutMs: 5_000 }
    await expect(revokeToken(endpoint, client, 'r')).rejects.toThrow('HubSpot would not revoke the refresh token: not now')
    await expect(uninstallApp(endpoint, client, 'a')).rejects.toThrow('HubSpot would not uninstall the app: not now')
  })
})
