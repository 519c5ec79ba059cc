import { describe, expect, it } from 'vitest'
import { CLIENT, install, openEmulator } from '../open-account.ts'
import type { Session } from '../open-account.ts'

const LIVE_CALL = '/crm/v3/properties/contacts'
const SCOPE = 'oauth crm.schemas.contacts.read'

describe.each(['2026-03', 'v3'])('%s', (version) => {
  it('introspects access and refresh tokens', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken, refreshToken } = await install(session, SCOPE)
    const introspect = (token: string) => session.form(`/oauth/${version}/token/introspect`, { token, ...CLIENT })
    expect((await introspect(accessToken)).json).toMatchObject({
      active: true,
      token_use: 'access_token',
      hub_id: 62515,
      app_id: 1,
      client_id: 'trackline-dev',
      expires_in: 1800,
      scopes: SCOPE.split(' '),
    })
    expect((await introspect(refreshToken)).json).toMatchObject({ active: true, token_use: 'refresh_token', hub_id: 62515 })
    expect((await introspect('nonsense')).json).toEqual({ active: false })
    session.pass(1800)
    expect((await introspect(accessToken)).json).toEqual({ active: false })
  })

  it('revokes a refresh token and leaves its access tokens alive', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken, refreshToken } = await install(session, SCOPE)
    expect((await session.form(`/oauth/${version}/token/revoke`, { token: refreshToken, ...CLIENT })).status).toBe(204)
    expect(await refreshStatus(session, refreshToken)).toBe('BAD_REFRESH_TOKEN')
    expect((await session.get(LIVE_CALL, accessToken)).status).toBe(200)
  })

  it('revokes an access token alone', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken, refreshToken } = await install(session, SCOPE)
    await session.form(`/oauth/${version}/token/revoke`, { token: accessToken, ...CLIENT })
    expect((await session.get(LIVE_CALL, accessToken)).json).toMatchObject({ category: 'INVALID_AUTHENTICATION' })
    expect(await refreshStatus(session, refreshToken)).toBe(200)
  })

  it('asks introspection and revocation for the client secret', async () => {
    const { form } = await openEmulator()
    for (const call of ['introspect', 'revoke']) {
      const { status, json } = await form(`/oauth/${version}/token/${call}`, { token: 'x', ...CLIENT, client_secret: 'guess' })
      expect([status, json]).toMatchObject([400, { status: 'BAD_CLIENT_SECRET' }])
    }
  })

  it('ends every token of the account, and of no other, when the app is uninstalled', async () => {
    const session = await openEmulator({ autoConsent: true })
    const mine = await install(session, SCOPE)
    const other = await install(session, SCOPE, 777)
    expect((await session.remove(`/appinstalls/${version}/external-install`, mine.accessToken)).status).toBe(204)
    expect((await session.get(LIVE_CALL, mine.accessToken)).status).toBe(401)
    expect(await refreshStatus(session, mine.refreshToken)).toBe('BAD_REFRESH_TOKEN')
    expect((await session.get(LIVE_CALL, other.accessToken)).status).toBe(200)
    expect(await refreshStatus(session, other.refreshToken)).toBe(200)
  })
})

describe('v1', () => {
  it('looks tokens up by path', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken, refreshToken } = await install(session, SCOPE)
    expect((await session.get(`/oauth/v1/access-tokens/${accessToken}`)).json).toMatchObject({
      token: accessToken,
      token_type: 'access',
      hub_id: 62515,
      app_id: 1,
      expires_in: 1800,
      scopes: SCOPE.split(' '),
    })
    expect((await session.get(`/oauth/v1/refresh-tokens/${refreshToken}`)).json).toMatchObject({
      token: refreshToken,
      token_type: 'refresh',
      client_id: 'trackline-dev',
    })
    expect((await session.get('/oauth/v1/access-tokens/nonsense')).status).toBe(404)
  })

  it('deletes a refresh token and leaves its access tokens alive', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken, refreshToken } = await install(session, SCOPE)
    expect((await session.remove(`/oauth/v1/refresh-tokens/${refreshToken}`)).status).toBe(204)
    expect((await session.remove(`/oauth/v1/refresh-tokens/${refreshToken}`)).status).toBe(404)
    expect(await refreshStatus(session, refreshToken)).toBe('BAD_REFRESH_TOKEN')
    expect((await session.get(LIVE_CALL, accessToken)).status).toBe(200)
  })
})

async function refreshStatus({ form }: Session, refreshToken: string): Promise<unknown> {
  const { status, json } = await form('/oauth/2026-03/token', {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...CLIENT,
  })
  return status === 200 || typeof json !== 'object' || json === null
    ? status
    : Object.entries(json).find(([name]) => name === 'status')?.[1]
}
