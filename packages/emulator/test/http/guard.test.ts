import { describe, expect, it } from 'vitest'
import { EVENTS, install, loginTemplate, openAccount, openEmulator, TEMPLATES } from '../open-account.ts'

const EVENT = { eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' } }

describe('calling for an account', () => {
  it('needs a bearer token', async () => {
    const { post } = await openEmulator()
    const { status, json } = await post(EVENTS, EVENT)
    expect(status).toBe(401)
    expect(json).toMatchObject({
      status: 'error',
      category: 'INVALID_AUTHENTICATION',
      message: expect.stringMatching(/^Authentication credentials not found/),
    })
  })

  it('refuses a token it cannot read as expired since 1970', async () => {
    const { post } = await openEmulator()
    const { status, json } = await post(EVENTS, EVENT, 'trackline-dev-key')
    expect(status).toBe(401)
    expect(json).toMatchObject({
      category: 'EXPIRED_AUTHENTICATION',
      context: { 'expire time': ['1970-01-01T00:00:00.000Z'] },
      message: expect.stringMatching(/expired 20\d{3} day\(s\) ago/),
    })
  })

  it('refuses a token whose time is over and says since when', async () => {
    const { token, post, pass } = await openAccount({ accessTokenSeconds: 60 })
    pass(60)
    const { status, json } = await post(EVENTS, EVENT, token)
    expect(status).toBe(401)
    expect(json).toMatchObject({
      category: 'EXPIRED_AUTHENTICATION',
      context: { 'expire time': ['2026-11-22T10:01:00.000Z'] },
      message: 'The OAuth token used to make this call expired 0 second(s) ago.',
    })
  })

  it('refuses before it reads the body', async () => {
    const { post } = await openEmulator()
    expect((await post(EVENTS, '{ broken')).status).toBe(401)
  })

  it('refuses a token without any of the scopes and lists them', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken } = await install(session, 'oauth crm.schemas.contacts.read')
    const { status, json } = await session.post(EVENTS, EVENT, accessToken)
    expect(status).toBe(403)
    expect(json).toMatchObject({
      category: 'MISSING_SCOPES',
      links: { scopes: expect.any(String) },
      errors: [{ context: { requiredGranularScopes: expect.arrayContaining(['timeline', 'crm.objects.contacts.write']) } }],
    })
  })

  it.each(['timeline', 'crm.objects.contacts.write', 'crm.schemas.deals.write', 'tickets'])(
    'lets scope %s alone write events',
    async (scope) => {
      const session = await openEmulator({ autoConsent: true })
      await loginTemplate(session)
      const { accessToken } = await install(session, `oauth ${scope}`)
      expect((await session.post(EVENTS, EVENT, accessToken)).status).toBe(201)
    },
  )

  it('does not take the developer key for writing events', async () => {
    const { post } = await openEmulator()
    const { status, json } = await post(`${EVENTS}?hapikey=trackline-dev-key`, EVENT)
    expect([status, json]).toMatchObject([401, { category: 'INVALID_AUTHENTICATION' }])
  })
})

describe('managing templates', () => {
  it('takes the developer key', async () => {
    const { get } = await openEmulator()
    expect((await get(`${TEMPLATES}?hapikey=trackline-dev-key`)).json).toEqual({ results: [] })
  })

  it('refuses a wrong developer key, and none at all', async () => {
    const { get } = await openEmulator()
    for (const query of ['?hapikey=wrong', '?hapikey=', '']) {
      expect(await get(TEMPLATES + query)).toMatchObject({ status: 401, json: { category: 'INVALID_AUTHENTICATION' } })
    }
  })

  it('takes an OAuth token with the developer scopes, reading and writing apart', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken } = await install(session, 'oauth developers-read')
    expect((await session.get(TEMPLATES, accessToken)).status).toBe(200)
    const { status, json } = await session.post(TEMPLATES, {}, accessToken)
    expect(status).toBe(403)
    expect(json).toMatchObject({ errors: [{ context: { requiredGranularScopes: ['developers-write'] } }] })
  })

  it('refuses a token that has only the timeline scope', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken } = await install(session, 'oauth timeline')
    expect(await session.get(TEMPLATES, accessToken)).toMatchObject({ status: 403, json: { category: 'MISSING_SCOPES' } })
  })

  it('knows one app only', async () => {
    const { get } = await openEmulator()
    expect((await get('/integrators/timeline/v3/2/event-templates?hapikey=trackline-dev-key')).status).toBe(404)
  })
})
