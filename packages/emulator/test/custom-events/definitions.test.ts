import { describe, expect, it } from 'vitest'
import { demoToken, install, openAccount, openEmulator } from '../open-account.ts'
import { CUSTOM_EVENTS, CUSTOM_LOGIN, DEFINITIONS, METHODS } from '../kinds-of-events.ts'

describe('a definition of a custom event', () => {
  it.each(['2026-03', 'v3'])(
    'is created under a name with the account in it, read, listed, changed and deleted, at %s',
    async (version) => {
      const { get, post, patch, remove, token } = await openAccount()
      const path = `/events/${version}/event-definitions`
      const created = await post(path, CUSTOM_LOGIN, token)
      expect(created).toMatchObject({
        status: 201,
        json: {
          fullyQualifiedName: 'pe62515_login',
          name: 'login',
          labels: { singular: 'Logged in' },
          primaryObject: 'CONTACT',
          trackingType: 'MANUAL',
          properties: [
            { name: 'method', type: 'enumeration', options: METHODS },
            { name: 'tries', type: 'number' },
            { name: 'since', type: 'datetime' },
            { name: 'device', type: 'string' },
          ],
        },
      })
      for (const name of ['pe62515_login', 'login']) expect((await get(`${path}/${name}`, token)).json).toEqual(created.json)
      expect(await patch(`${path}/login`, { label: 'Signed in', description: 'By any method' }, token)).toMatchObject({
        status: 200,
        json: { labels: { singular: 'Signed in' }, description: 'By any method', name: 'login' },
      })
      expect((await get(`${path}?searchString=signed`, token)).json).toMatchObject({ results: [{ name: 'login' }] })
      expect((await get(`${path}?searchString=order`, token)).json).toEqual({ results: [] })
      expect(await remove(`${path}/pe62515_login`, token)).toMatchObject({ status: 204, text: '' })
      expect((await get(`${path}/login`, token)).status).toBe(404)
    },
  )

  it("belongs to its account: another account's is another", async () => {
    const session = await openAccount()
    const other = await demoToken(session, 777)
    await session.post(DEFINITIONS, CUSTOM_LOGIN, session.token)
    expect((await session.get(`${DEFINITIONS}/pe62515_login`, other)).status).toBe(404)
    expect((await session.post(DEFINITIONS, CUSTOM_LOGIN, other)).json).toMatchObject({ fullyQualifiedName: 'pe777_login' })
    expect((await session.post(DEFINITIONS, CUSTOM_LOGIN, other)).status).toBe(409)
  })

  it('takes its name from its label when it has none', async () => {
    const { post, token } = await openAccount()
    const { json } = await post(DEFINITIONS, { label: '2nd Order: completed!' }, token)
    expect(json).toMatchObject({ name: 'nd_order_completed', primaryObject: 'CONTACT', properties: [] })
  })

  it("has HubSpot's own properties when it asks for them", async () => {
    const { post, token } = await openAccount()
    const { json } = await post(DEFINITIONS, { ...CUSTOM_LOGIN, includeDefaultProperties: true }, token)
    expect(json).toMatchObject({
      properties: expect.arrayContaining([expect.objectContaining({ name: 'hs_page_url', hubspotDefined: true })]),
    })
  })

  it.each([
    ['no label', { label: undefined }, '"label"'],
    ['a capital in the name', { name: 'Login' }, 'name "Login" of an event definition is invalid'],
    ['a digit in front', { name: '2login' }, 'start with a lower-case letter'],
    ['a name of 51 characters', { name: 'x'.repeat(51) }, 'then up to 49 lower-case letters'],
    ["v3's spelling of contacts", { primaryObject: 'contacts' }, '"primaryObject" of an event definition must be one of CONTACT'],
    ['a custom matching', { customMatchingId: {} }, '"customMatchingId" is not a known field'],
    [
      'a property in capitals',
      { propertyDefinitions: [{ name: 'Method', label: 'x', type: 'string' }] },
      'name "Method" of property',
    ],
    [
      "a property named like HubSpot's",
      { propertyDefinitions: [{ name: 'hs_a', label: 'x', type: 'string' }] },
      'must not begin with hs_',
    ],
    [
      "v3's date",
      { propertyDefinitions: [{ name: 'a', label: 'x', type: 'date' }] },
      'must be one of string, number, enumeration, datetime, not "date"',
    ],
    [
      'a label of 51 characters',
      { propertyDefinitions: [{ name: 'a', label: 'x'.repeat(51), type: 'string' }] },
      'has 51 characters',
    ],
  ])('is refused for %s', async (_rule, changes, message) => {
    const { get, post, token } = await openAccount()
    const answer = await post(DEFINITIONS, { ...CUSTOM_LOGIN, ...changes }, token)
    expect(answer).toMatchObject({
      status: 400,
      json: { category: 'VALIDATION_ERROR', message: expect.stringContaining(message) },
    })
    expect((await get(DEFINITIONS, token)).json).toEqual({ results: [] })
  })

  it('takes its events along when it is deleted', async () => {
    const { get, post, remove, token } = await openAccount()
    await post(DEFINITIONS, CUSTOM_LOGIN, token)
    await post(CUSTOM_EVENTS, { eventName: 'pe62515_login', email: 'ada@example.com', properties: {} }, token)
    await remove(`${DEFINITIONS}/login`, token)
    expect((await get('/_emulator/events')).json).toEqual([])
  })

  it('is listed page by page', async () => {
    const { get, post, token } = await openAccount()
    for (const name of ['a', 'b', 'c']) await post(DEFINITIONS, { label: name, name }, token)
    const first = await get(`${DEFINITIONS}?limit=2`, token)
    expect(first.json).toMatchObject({ results: [{ name: 'a' }, { name: 'b' }], paging: { next: { after: '2' } } })
    const second = await get(`${DEFINITIONS}?limit=2&after=2`, token)
    expect(second.json).toMatchObject({ results: [{ name: 'c' }] })
    expect(second.json).not.toHaveProperty('paging')
    expect((await get(`${DEFINITIONS}?limit=0`, token)).status).toBe(400)
  })
})

describe('a property of a custom event', () => {
  it('is added, changed and deleted', async () => {
    const { get, post, patch, remove, token } = await openAccount()
    await post(DEFINITIONS, { label: 'Login', name: 'login' }, token)
    const path = `${DEFINITIONS}/login/property`
    expect(await post(path, { name: 'method', label: 'Method', type: 'string' }, token)).toMatchObject({
      status: 201,
      json: { name: 'method', type: 'string', hubspotDefined: false },
    })
    expect((await post(path, { name: 'method', label: 'Method', type: 'string' }, token)).status).toBe(409)
    expect(await patch(`${path}/method`, { label: 'How' }, token)).toMatchObject({
      status: 200,
      json: { label: 'How', type: 'string' },
    })
    expect((await remove(`${path}/method`, token)).status).toBe(204)
    expect((await get(`${DEFINITIONS}/login`, token)).json).toMatchObject({ properties: [] })
    expect((await patch(`${path}/method`, { label: 'How' }, token)).status).toBe(404)
  })
})

describe('who may define custom events', () => {
  it('is a token with the scope for it', async () => {
    const session = await openEmulator({ autoConsent: true })
    const sending = await install(session, 'oauth analytics.behavioral_events.send')
    const defining = await install(session, 'oauth behavioral_events.event_definitions.read_write')
    expect((await session.post(DEFINITIONS, CUSTOM_LOGIN, sending.accessToken)).status).toBe(403)
    expect((await session.post(DEFINITIONS, CUSTOM_LOGIN, defining.accessToken)).status).toBe(201)
    expect((await session.post(DEFINITIONS, CUSTOM_LOGIN)).status).toBe(401)
  })

  it('is an account with an Enterprise subscription', async () => {
    const { get, post, token } = await openAccount()
    await post('/_emulator/accounts', { portal: 62515, enterprise: false })
    expect(await post(DEFINITIONS, CUSTOM_LOGIN, token)).toMatchObject({
      status: 403,
      json: { message: expect.stringContaining('Enterprise subscription') },
    })
    expect((await get(DEFINITIONS, token)).status).toBe(403)
  })
})

describe('/_emulator/accounts', () => {
  it.each([
    [{ portal: 'acme', enterprise: true }, '"portal" must be an account number, such as 62515, not "acme"'],
    [{ portal: 1, enterprise: 'no' }, '"enterprise" must be true or false, not "no"'],
    [{ portal: 1, enterprise: true, tier: 'pro' }, '"tier" is not a known field: choose from portal, enterprise, timeZone'],
    [{ portal: 1, timeZone: 'Berlin' }, '"timeZone" must be the name of a time zone, such as Europe/Berlin, not "Berlin"'],
    [{ portal: 1 }, 'say what changes: "enterprise" or "timeZone"'],
  ])('refuses %o', async (body, message) => {
    const { post } = await openEmulator()
    expect(await post('/_emulator/accounts', body)).toMatchObject({ status: 400, json: { message } })
  })
})
