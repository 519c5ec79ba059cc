import { describe, expect, it } from 'vitest'
import { authorize, CLIENT, codeExchange, demoToken, field, openEmulator } from '../open-account.ts'

describe.each(['2026-09', '2026-03'])('OAuth %s', (version) => {
  it('exchanges a code, refreshes, introspects and revokes', async () => {
    const session = await openEmulator({ autoConsent: true })
    const code = await authorize(session, { scope: 'oauth timeline' })
    const issued = await session.form(`/oauth/${version}/token`, codeExchange(code))
    expect(issued).toMatchObject({ status: 200, json: { token_type: 'bearer', expires_in: 1800, hub_id: 62515 } })
    const refresh_token = field(issued.json, 'refresh_token')
    const refresh = { grant_type: 'refresh_token', refresh_token, ...CLIENT }
    const refreshed = await session.form(`/oauth/${version}/token`, refresh)
    expect(refreshed).toMatchObject({ status: 200, json: { refresh_token, scopes: ['oauth', 'timeline'] } })
    const token = field(refreshed.json, 'access_token')
    expect((await session.form(`/oauth/${version}/token/introspect`, { token, ...CLIENT })).json).toMatchObject({ active: true })
    expect((await session.form(`/oauth/${version}/token/revoke`, { token: refresh_token, ...CLIENT })).status).toBe(204)
    expect(await session.form(`/oauth/${version}/token`, refresh)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant', status: 'BAD_REFRESH_TOKEN' },
    })
  })

  it('refuses a wrong secret', async () => {
    const session = await openEmulator()
    const wrong = { token: await demoToken(session), ...CLIENT, client_secret: 'wrong' }
    expect(await session.form(`/oauth/${version}/token/introspect`, wrong)).toMatchObject({
      status: 400,
      json: { error: 'invalid_client' },
    })
  })
})
