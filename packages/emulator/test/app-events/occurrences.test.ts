import { describe, expect, it } from 'vitest'
import { demoToken, install, openAccount, openEmulator } from '../open-account.ts'
import { APP_EVENTS, APP_LOGIN, APP_TYPES } from '../kinds-of-events.ts'

const EVENT = { id: 'e-1', eventTypeName: 'login', email: 'ada@example.com', properties: { method: 'sso' } }
const FRAME = { linkLabel: 'Open', headerLabel: 'Receipt', url: 'https://example.com/r', width: 800, height: 300 }

describe('sending an app event', () => {
  it.each(['2026-03', 'v4'])('answers 200 without a body and stores it, at %s', async (version) => {
    const { post, get, token } = await withType()
    const event = { ...EVENT, timestamp: '2026-11-20T08:00:00Z', extraData: { city: 'Paris' }, timelineIFrame: FRAME }
    expect(await post(`/integrators/timeline/${version}/events`, event, token)).toMatchObject({ status: 200, text: '' })
    expect((await get('/_emulator/events')).json).toMatchObject([
      {
        api: 'app-events',
        id: 'e-1',
        eventTypeName: 'login',
        email: 'ada@example.com',
        timestamp: '2026-11-20T08:00:00.000Z',
        properties: { method: 'sso' },
        header: 'Logged in with sso',
        detail: 'From Paris',
        timelineIFrame: FRAME,
      },
    ])
  })

  it('takes the fully qualified name, and may leave properties out', async () => {
    const { post, get, token } = await withType()
    expect((await post(APP_EVENTS, { ...EVENT, eventTypeName: 'ae1_login', properties: {} }, token)).status).toBe(200)
    expect((await get('/_emulator/events')).json).toMatchObject([{ eventTypeName: 'login', header: 'Logged in with' }])
  })

  it.each([
    ['no id', { id: undefined }, 'some of required attributes are not set [id]'],
    ['no type', { eventTypeName: undefined }, 'some of required attributes are not set [eventTypeName]'],
    ['no properties', { properties: undefined }, 'some of required attributes are not set [properties]'],
    ['properties in a list', { properties: [] }, 'Cannot deserialize "properties" from []: it must be an object'],
    ['an unknown type', { eventTypeName: 'logout' }, '"eventTypeName" "logout" names no app event type of this app'],
    [
      'an extra property',
      { properties: { method: 'sso', colour: 'red' } },
      'property "colour" is not defined in app event type "login"',
    ],
    ['a value outside the options', { properties: { method: 'magic' } }, 'property "method" must be one of sso, password'],
    ['text for a number', { properties: { tries: 'three' } }, 'property "tries" must be a number, not "three"'],
    ['a boolean', { properties: { method: true } }, 'property "method" must be a string, not true'],
    ['nobody it is about', { email: undefined }, 'one of "email", "utk" or "objectId" is required'],
    [
      'a timestamp in milliseconds',
      { timestamp: 1_700_000_000_000 },
      '"timestamp" must be ISO 8601 with a time zone, not 1700000000000',
    ],
    ['a custom object', { objectTypeFullyQualifiedName: 'p1_car' }, '"objectTypeFullyQualifiedName" is for custom objects only'],
    [
      "v1's names in a frame",
      { timelineIFrame: { ...FRAME, url: undefined, iframeUri: 'https://x.example' } },
      'linkLabel, headerLabel and url',
    ],
  ])('is refused with 400 for %s, and nothing is stored', async (_rule, changes, message) => {
    const { post, get, token } = await withType()
    const { status, json } = await post(APP_EVENTS, { ...EVENT, ...changes }, token)
    expect([status, json]).toMatchObject([400, { status: 'error', message: expect.stringContaining(message) }])
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await get('/_emulator/contacts')).json).toEqual([])
  })

  it('answers 409 for a type and id that exist, in another account too, and keeps the first', async () => {
    const session = await withType()
    await session.post(APP_EVENTS, EVENT, session.token)
    const again = { ...EVENT, eventTypeName: 'ae1_login', properties: { method: 'password' } }
    for (const token of [session.token, await demoToken(session, 777)]) {
      expect(await session.post(APP_EVENTS, again, token)).toMatchObject({
        status: 409,
        json: { category: 'CONFLICT', context: { ids: ['e-1'] } },
      })
    }
    expect((await session.get('/_emulator/events')).json).toMatchObject([{ properties: { method: 'sso' }, writes: 1 }])
  })

  it.each(['timeline', 'timeline.write', 'crm.objects.contacts.write'])('takes a token with the scope %s', async (scope) => {
    const session = await openEmulator({ autoConsent: true })
    await session.post(APP_TYPES, APP_LOGIN)
    const [allowed, reading] = [
      await install(session, `oauth ${scope}`),
      await install(session, 'oauth crm.objects.contacts.read'),
    ]
    expect((await session.post(APP_EVENTS, EVENT, allowed.accessToken)).status).toBe(200)
    expect((await session.post(APP_EVENTS, EVENT, reading.accessToken)).status).toBe(403)
  })
})

describe('a batch of app events', () => {
  it('answers 200 with every event', async () => {
    const { post, token } = await withType()
    const inputs = [EVENT, { ...EVENT, id: 'e-2', email: 'grace@example.com' }]
    expect(await post(`${APP_EVENTS}/batch`, { inputs }, token)).toMatchObject({
      status: 200,
      json: {
        status: 'COMPLETE',
        startedAt: expect.any(String),
        completedAt: expect.any(String),
        results: [
          { id: 'e-1', eventTypeName: 'login', objectId: '501', properties: { method: 'sso' } },
          { id: 'e-2', objectId: '502' },
        ],
      },
    })
  })

  it.each([
    ['an extra property', { properties: { colour: 'red' } }, 400],
    ['a type and id that exist', { id: 'known' }, 409],
    ['an id that is in it twice', { id: 'e-1' }, 409],
    ['a contact that does not exist', { objectId: '99' }, 404],
  ])('is refused whole for %s: nothing of it is stored', async (_rule, changes, expected) => {
    const { post, get, token } = await withType()
    await post(APP_EVENTS, { ...EVENT, id: 'known' }, token)
    const inputs = [
      { ...EVENT, email: 'new@example.com' },
      { ...EVENT, id: 'e-2', ...changes },
    ]
    expect((await post(`${APP_EVENTS}/batch`, { inputs }, token)).status).toBe(expected)
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'known' }])
    expect((await get('/_emulator/contacts')).json).toMatchObject([{ email: 'ada@example.com' }])
  })

  it('takes 500 events and refuses 501 whole', async () => {
    const { post, get, token } = await withType()
    const events = Array.from({ length: 501 }, (_, at) => ({ ...EVENT, id: `e-${at}` }))
    const refused = await post(`${APP_EVENTS}/batch`, { inputs: events }, token)
    expect(refused).toMatchObject({
      status: 400,
      json: { message: 'a batch may hold at most 500 events, not 501: none was stored' },
    })
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await post(`${APP_EVENTS}/batch`, { inputs: events.slice(1) }, token)).status).toBe(200)
    expect((await get('/_emulator/events')).json).toHaveLength(500)
  })
})

async function withType() {
  const session = await openAccount()
  await session.post(APP_TYPES, APP_LOGIN)
  return session
}
