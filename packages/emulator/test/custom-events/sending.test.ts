import { describe, expect, it } from 'vitest'
import { demoToken, install, openAccount, openEmulator } from '../open-account.ts'
import { CUSTOM_EVENTS, CUSTOM_LOGIN, DEFINITIONS } from '../kinds-of-events.ts'

const EVENT = { eventName: 'pe62515_login', email: 'ada@example.com', properties: { method: 'sso' } }
const YEAR_SECONDS = 365 * 24 * 60 * 60

describe('sending a custom event', () => {
  it.each(['2026-03', 'v3'])('answers 204 without a body and stores it on the contact, at %s', async (version) => {
    const { post, get, token } = await withDefinition()
    const event = { ...EVENT, uuid: 'u-1', occurredAt: '2026-11-20T08:00:00Z' }
    expect(await post(`/events/${version}/send`, event, token)).toMatchObject({ status: 204, text: '' })
    expect((await get('/_emulator/events?email=ada@example.com')).json).toMatchObject([
      {
        api: 'custom-events',
        id: 'u-1',
        eventName: 'pe62515_login',
        properties: { method: 'sso' },
        timestamp: '2026-11-20T08:00:00.000Z',
        header: 'Logged in',
        writes: 1,
      },
    ])
  })

  it('takes milliseconds too, and the time of the call when it says no time', async () => {
    const { post, get, token } = await withDefinition()
    await post(CUSTOM_EVENTS, { ...EVENT, occurredAt: 1_700_000_000_000 }, token)
    await post(CUSTOM_EVENTS, EVENT, token)
    expect((await get('/_emulator/events')).json).toMatchObject([
      { timestamp: '2026-11-22T10:00:00.000Z' },
      { timestamp: '2023-11-14T22:13:20.000Z' },
    ])
  })

  it.each([
    ['no name', { eventName: undefined }, 400, 'some of required attributes are not set [eventName]'],
    ['no properties', { properties: undefined }, 400, 'some of required attributes are not set [properties]'],
    [
      'the short name',
      { eventName: 'login' },
      404,
      'Account 62515 has no event definition "login": send its full name, pe62515_',
    ],
    ["another account's name", { eventName: 'pe777_login' }, 404, 'Account 62515 has no event definition "pe777_login"'],
    [
      'an unknown property',
      { properties: { colour: 'red' } },
      400,
      'property "colour" is not defined in event definition "pe62515_login"',
    ],
    [
      "HubSpot's property that was not asked for",
      { properties: { hs_page_url: 'x' } },
      400,
      'property "hs_page_url" is not defined',
    ],
    ['a value outside the options', { properties: { method: 'magic' } }, 400, 'property "method" must be one of sso, password'],
    ['text for a number', { properties: { tries: 'three' } }, 400, 'property "tries" must be a number'],
    ['text for a moment', { properties: { since: 'soon' } }, 400, 'property "since" must be a date'],
    ['nobody it is about', { email: undefined }, 400, 'one of "email", "utk" or "objectId" is required'],
    [
      'an invalid email, though a visitor is named',
      { email: 'ada', utk: 'v-1' },
      400,
      '"email" "ada" is not a valid email address',
    ],
    ['an unknown objectId', { objectId: '99' }, 404, 'No contact has the objectId "99"'],
    ['an unreadable time', { occurredAt: 'yesterday' }, 400, '"occurredAt" must be ISO 8601 or milliseconds since 1970'],
  ])('is refused for %s, and nothing is stored', async (_rule, changes, expected, message) => {
    const { post, get, token } = await withDefinition()
    const { status, json } = await post(CUSTOM_EVENTS, { ...EVENT, ...changes }, token)
    expect([status, json]).toMatchObject([expected, { status: 'error', message: expect.stringContaining(message) }])
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await get('/_emulator/contacts')).json).toEqual([])
  })

  it('takes values for 50 properties and refuses 51', async () => {
    const session = await openAccount()
    const names = Array.from({ length: 51 }, (_, at) => `p${at}`)
    const propertyDefinitions = names.map((name) => ({ name, label: name, type: 'string' }))
    await session.post(DEFINITIONS, { ...CUSTOM_LOGIN, propertyDefinitions }, session.token)
    const send = (count: number) => {
      const properties = Object.fromEntries(names.slice(0, count).map((name) => [name, 'x']))
      return session.post(CUSTOM_EVENTS, { ...EVENT, properties }, session.token)
    }
    expect((await send(50)).status).toBe(204)
    expect(await send(51)).toMatchObject({
      status: 400,
      json: { message: 'an event may have values for at most 50 properties, not 51' },
    })
  })

  it('joins a visitor to the contact an email names later', async () => {
    const { post, get, token } = await withDefinition()
    await post(CUSTOM_EVENTS, { ...EVENT, email: undefined, utk: 'v-1' }, token)
    expect((await get('/_emulator/contacts')).json).toEqual([])
    await post(CUSTOM_EVENTS, { ...EVENT, utk: 'v-1' }, token)
    expect((await get('/_emulator/events?email=ada@example.com')).json).toHaveLength(2)
  })
})

describe('a uuid that is sent again', () => {
  it('is answered 204 all the same, and the first event is kept', async () => {
    const { post, get, token } = await withDefinition()
    await post(CUSTOM_EVENTS, { ...EVENT, uuid: 'u-1' }, token)
    const again = { ...EVENT, uuid: 'u-1', email: 'grace@example.com', properties: { method: 'password' } }
    expect((await post(CUSTOM_EVENTS, again, token)).status).toBe(204)
    expect((await get('/_emulator/events')).json).toMatchObject([
      { id: 'u-1', email: 'ada@example.com', properties: { method: 'sso' }, writes: 2 },
    ])
    expect((await get('/_emulator/contacts')).json).toHaveLength(1)
  })

  it('is a new event once a year has passed', async () => {
    const session = await withDefinition()
    await session.post(CUSTOM_EVENTS, { ...EVENT, uuid: 'u-1' }, session.token)
    session.pass(YEAR_SECONDS - 1)
    await session.post(CUSTOM_EVENTS, { ...EVENT, uuid: 'u-1' }, await demoToken(session))
    expect((await session.get('/_emulator/events')).json).toMatchObject([{ id: 'u-1', writes: 2 }])
    session.pass(1)
    const token = await demoToken(session)
    await session.post(CUSTOM_EVENTS, { ...EVENT, uuid: 'u-1' }, token)
    await session.post(CUSTOM_EVENTS, { ...EVENT, uuid: 'u-1' }, token)
    expect((await session.get('/_emulator/events')).json).toMatchObject([
      { id: expect.stringMatching(/^[0-9a-f-]{36}$/), writes: 2 },
      { id: 'u-1', writes: 2 },
    ])
  })

  it('is another event under another definition, and without a uuid every event is another', async () => {
    const { post, get, token } = await withDefinition()
    await post(DEFINITIONS, { ...CUSTOM_LOGIN, name: 'logout' }, token)
    for (const eventName of ['pe62515_login', 'pe62515_logout'])
      await post(CUSTOM_EVENTS, { ...EVENT, eventName, uuid: 'u-1' }, token)
    for (const _time of [1, 2]) await post(CUSTOM_EVENTS, EVENT, token)
    expect((await get('/_emulator/events')).json).toHaveLength(4)
  })

  it('is free when its first event was refused', async () => {
    const { post, get, token } = await withDefinition()
    expect((await post(CUSTOM_EVENTS, { ...EVENT, uuid: 'u-1', objectId: '99' }, token)).status).toBe(404)
    await post(CUSTOM_EVENTS, { ...EVENT, uuid: 'u-1' }, token)
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'u-1', writes: 1 }])
  })
})

describe('a batch of custom events', () => {
  it.each(['2026-03', 'v3'])('answers 204 without a body, and stores a uuid that is in it twice once, at %s', async (version) => {
    const { post, get, token } = await withDefinition()
    const inputs = ['u-1', 'u-2', 'u-1'].map((uuid) => ({ ...EVENT, uuid }))
    expect(await post(`/events/${version}/send/batch`, { inputs }, token)).toMatchObject({ status: 204, text: '' })
    expect((await get('/_emulator/events')).json).toMatchObject([
      { id: 'u-2', writes: 1 },
      { id: 'u-1', writes: 2 },
    ])
  })

  it('is refused whole when one event breaks a rule: nothing of it is stored', async () => {
    const { post, get, token } = await withDefinition()
    const inputs = [
      { ...EVENT, uuid: 'u-1' },
      { ...EVENT, properties: { colour: 'red' } },
    ]
    expect((await post(`${CUSTOM_EVENTS}/batch`, { inputs }, token)).status).toBe(400)
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await post(`${CUSTOM_EVENTS}/batch`, { inputs: inputs.slice(0, 1) }, token)).status).toBe(204)
    expect((await get('/_emulator/events')).json).toHaveLength(1)
  })

  it('takes 500 events and refuses 501 whole', async () => {
    const { post, get, token } = await withDefinition()
    const events = Array.from({ length: 501 }, (_, at) => ({ ...EVENT, uuid: `u-${at}` }))
    const refused = await post(`${CUSTOM_EVENTS}/batch`, { inputs: events }, token)
    expect(refused).toMatchObject({
      status: 400,
      json: { message: 'a batch may hold at most 500 events, not 501: none was stored' },
    })
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await post(`${CUSTOM_EVENTS}/batch`, { inputs: events.slice(1) }, token)).status).toBe(204)
    expect((await get('/_emulator/events')).json).toHaveLength(500)
  })
})

describe('who may send custom events', () => {
  it('is a token with the scope for it, of a private app too', async () => {
    const session = await openEmulator({ autoConsent: true })
    await session.post(DEFINITIONS, CUSTOM_LOGIN, await demoToken(session))
    const sending = await install(session, 'oauth analytics.behavioral_events.send')
    const other = await install(session, 'oauth timeline crm.objects.contacts.write')
    const privateApp = await demoToken(session, 62515, 'private-app')
    expect((await session.post(CUSTOM_EVENTS, EVENT, sending.accessToken)).status).toBe(204)
    expect((await session.post(CUSTOM_EVENTS, EVENT, privateApp)).status).toBe(204)
    expect(await session.post(CUSTOM_EVENTS, EVENT, other.accessToken)).toMatchObject({
      status: 403,
      json: {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['analytics.behavioral_events.send'] } }],
      },
    })
  })

  it('is an account with an Enterprise subscription, as long as it has one', async () => {
    const { post, get, token } = await withDefinition()
    const setEnterprise = (enterprise: boolean) => post('/_emulator/accounts', { portal: 62515, enterprise })
    expect((await setEnterprise(false)).json).toMatchObject({ portal: 62515, enterprise: false })
    for (const path of [CUSTOM_EVENTS, '/events/v3/send']) {
      expect(await post(path, EVENT, token)).toMatchObject({
        status: 403,
        json: { message: expect.stringContaining('Enterprise') },
      })
    }
    expect((await get('/_emulator/events')).json).toEqual([])
    await setEnterprise(true)
    expect((await post(CUSTOM_EVENTS, EVENT, token)).status).toBe(204)
  })
})

describe('reading custom events back', () => {
  it.each(['/events/v3/events', '/events/event-occurrences/2026-03'])(
    'gives those that match, newest first, at %s',
    async (path) => {
      const session = await withDefinition()
      for (const [uuid, occurredAt] of [
        ['u-1', '2026-11-01T00:00:00Z'],
        ['u-2', '2026-11-02T00:00:00Z'],
        ['u-3', '2026-11-03T00:00:00Z'],
      ])
        await session.post(CUSTOM_EVENTS, { ...EVENT, uuid, occurredAt }, session.token)
      const read = async (query: string) => (await session.get(`${path}?${query}`, session.token)).json
      expect(await read('objectType=contact&objectId=501&limit=2')).toMatchObject({
        results: [
          { id: 'u-3', objectType: 'CONTACT', objectId: '501', eventType: 'pe62515_login', properties: { method: 'sso' } },
          { id: 'u-2' },
        ],
        paging: { next: { after: '2' } },
      })
      expect(await read('occurredAfter=2026-11-01T12:00:00Z&occurredBefore=2026-11-02T12:00:00Z')).toMatchObject({
        results: [{ id: 'u-2' }],
      })
      expect(await read('eventType=pe62515_logout')).toEqual({ results: [] })
      expect(await read('objectId=502')).toEqual({ results: [] })
      expect((await session.get(`${path}?occurredAfter=soon`, session.token)).status).toBe(400)
      expect((await session.get(`${path}/event-types`, session.token)).json).toEqual({ eventTypes: ['pe62515_login'] })
      expect((await session.get(path, await demoToken(session, 777))).json).toEqual({ results: [] })
    },
  )
})

async function withDefinition() {
  const session = await openAccount()
  await session.post(DEFINITIONS, CUSTOM_LOGIN, session.token)
  return session
}
