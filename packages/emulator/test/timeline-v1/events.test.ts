import { describe, expect, it } from 'vitest'
import { demoToken, openAccount } from '../open-account.ts'
import type { Session } from '../open-account.ts'
import { KEY, V1_EVENTS, V1_TYPES, v1LoginType } from '../kinds-of-events.ts'

const EVENT = { id: 'e-1', eventTypeId: 2001, email: 'ada@example.com', method: 'sso' }
const IN_USE = 'Event ID already in use, please choose a new unique ID'
const FRAME = { linkLabel: 'Open', iframeLabel: 'Receipt', iframeUri: 'https://example.com/r', width: 800, height: 300 }

describe('writing a v1 event', () => {
  it('answers 204 without a body, and the event reads back flat with its times in milliseconds', async () => {
    const { post, get, token } = await withType()
    const event = { ...EVENT, timestamp: 1_700_000_000_000, extraData: { a: [1] }, tries: 3, timelineIFrame: FRAME }
    expect(await post(V1_EVENTS, event, token)).toMatchObject({ status: 204, text: '' })
    expect((await get(`${V1_EVENTS}/2001/e-1`, token)).json).toEqual({
      ...event,
      tries: '3',
      applicationId: 1,
      portalId: 62515,
      objectType: 'CONTACT',
      objectId: 501,
    })
  })

  it('takes type ids and timestamps as digits in text too, and the time of the call when there is no timestamp', async () => {
    const { post, get, token } = await withType()
    await post(V1_EVENTS, { ...EVENT, eventTypeId: '2001', timestamp: '1700000000000' }, token)
    await post(V1_EVENTS, { ...EVENT, id: 'e-2' }, token)
    expect((await get('/_emulator/events')).json).toMatchObject([
      { id: 'e-2', timestamp: '2026-11-22T10:00:00.000Z' },
      { id: 'e-1', timestamp: '2023-11-14T22:13:20.000Z' },
    ])
  })

  it('stamps the contact property that a property names', async () => {
    const { post, get, token } = await withType()
    await post(V1_EVENTS, { ...EVENT, device: 'Countess' }, token)
    expect((await get('/_emulator/contacts/ada@example.com')).json).toMatchObject({ properties: { jobtitle: 'Countess' } })
  })

  it.each([
    ['no id', { id: undefined }, 'some of required attributes are not set [id]'],
    ['no type', { eventTypeId: undefined }, 'some of required attributes are not set [eventTypeId]'],
    ['an empty id', { id: '' }, '"id" must not be empty'],
    ['nobody it is about', { email: undefined }, 'one of "email", "utk" or "objectId" is required'],
    ['an address without a domain', { email: 'ada' }, 'is not a valid email address'],
    ['an unknown property', { colour: 'red' }, 'property "colour" is not defined in event type 2001'],
    ["v3's tokens", { tokens: { method: 'sso' } }, 'property "tokens" is not defined'],
    ['a value outside the options', { method: 'magic' }, 'property "method" must be one of sso, password, not "magic"'],
    ['text for a number', { tries: 'three' }, 'property "tries" must be a number, not "three"'],
    ['an ISO date', { since: '2026-11-22' }, 'property "since" must be a date: milliseconds since 1970, not "2026-11-22"'],
    ['an ISO timestamp', { timestamp: '2026-11-22T10:00:00Z' }, '"timestamp" must be milliseconds since 1970'],
    [
      "v3's names in a frame",
      { timelineIFrame: { ...FRAME, iframeLabel: undefined, headerLabel: 'x' } },
      'linkLabel, iframeLabel and iframeUri',
    ],
  ])('is refused for %s, and nothing is stored', async (_rule, changes, message) => {
    const { post, get, token } = await withType()
    const { status, json } = await post(V1_EVENTS, { ...EVENT, ...changes }, token)
    expect([status, json]).toMatchObject([400, { status: 'error', message: expect.stringContaining(message) }])
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await get('/_emulator/contacts')).json).toEqual([])
  })

  it('is 404 for an event type or a contact that does not exist', async () => {
    const { post, token } = await withType()
    expect((await post(V1_EVENTS, { ...EVENT, eventTypeId: 9 }, token)).status).toBe(404)
    expect((await post(V1_EVENTS, { ...EVENT, objectId: 99 }, token)).status).toBe(404)
  })

  it('needs an objectId for companies', async () => {
    const session = await openAccount()
    const eventTypeId = await v1LoginType(session, { objectType: 'COMPANY' })
    const event = { ...EVENT, eventTypeId }
    expect((await session.post(V1_EVENTS, event, session.token)).status).toBe(400)
    expect((await session.post(V1_EVENTS, { ...event, objectId: 12 }, session.token)).status).toBe(204)
  })
})

describe('a known id since 2 December 2024', () => {
  it('is refused as HubSpot words it, on the same contact too, and changes nothing', async () => {
    const { post, get, token } = await withType()
    await post(V1_EVENTS, EVENT, token)
    for (const again of [EVENT, { ...EVENT, email: 'grace@example.com' }, { ...EVENT, method: 'password' }]) {
      const { status, json } = await post(V1_EVENTS, again, token)
      expect([status, json]).toMatchObject([400, { status: 'error', message: IN_USE, correlationId: expect.any(String) }])
      expect(json).not.toHaveProperty('category')
    }
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'e-1', writes: 1, tokens: { method: 'sso' } }])
    expect((await get('/_emulator/contacts')).json).toHaveLength(1)
  })

  it('is refused in another account too, and free under another event type', async () => {
    const session = await withType()
    await v1LoginType(session)
    await session.post(V1_EVENTS, EVENT, session.token)
    expect((await session.post(V1_EVENTS, EVENT, await demoToken(session, 777))).json).toMatchObject({ message: IN_USE })
    expect((await session.post(V1_EVENTS, { ...EVENT, eventTypeId: 2002 }, session.token)).status).toBe(204)
  })

  it('leaves no way to update: PUT is not allowed any more', async () => {
    const { put, token } = await withType()
    for (const path of [V1_EVENTS, `${V1_EVENTS}/batch`])
      expect(await put(path, EVENT, token)).toMatchObject({ status: 405, json: { message: expect.stringContaining('use POST') } })
  })
})

describe('a known id before that, with v1Era put', () => {
  it('updates the event on its own contact', async () => {
    const { put, get, token } = await withType('put')
    expect(await put(V1_EVENTS, EVENT, token)).toMatchObject({ status: 204, text: '' })
    expect((await put(V1_EVENTS, { ...EVENT, email: 'ADA@example.com', method: 'password' }, token)).status).toBe(204)
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'e-1', writes: 2, tokens: { method: 'password' } }])
  })

  it('is refused on another contact, which is not created, and in another account', async () => {
    const session = await withType('put')
    await session.put(V1_EVENTS, EVENT, session.token)
    const other = { ...EVENT, email: 'grace@example.com' }
    expect(await session.put(V1_EVENTS, other, session.token)).toMatchObject({ status: 400, json: { message: IN_USE } })
    expect((await session.put(V1_EVENTS, EVENT, await demoToken(session, 777))).json).toMatchObject({ message: IN_USE })
    expect((await session.get('/_emulator/contacts')).json).toHaveLength(1)
    expect(
      await session.put(
        `${V1_EVENTS}/batch`,
        {
          eventWrappers: [
            { ...EVENT, id: 'n' },
            { ...other, id: 'n' },
          ],
        },
        session.token,
      ),
    ).toMatchObject({ status: 400, json: { message: IN_USE } })
  })

  it("is refused on another account's company of the same number", async () => {
    const session = await withType('put')
    const eventTypeId = await v1LoginType(session, { objectType: 'COMPANY' })
    const event = { id: 'e-1', eventTypeId, objectId: 12 }
    expect((await session.put(V1_EVENTS, event, session.token)).status).toBe(204)
    expect((await session.put(V1_EVENTS, event, await demoToken(session, 777))).json).toMatchObject({ message: IN_USE })
    expect((await session.get('/_emulator/events')).json).toMatchObject([{ portalId: 62515, writes: 1 }])
  })

  it('goes with PUT only', async () => {
    const { post, token } = await withType('put')
    expect((await post(V1_EVENTS, EVENT, token)).status).toBe(405)
  })
})

describe('a v1 batch', () => {
  it('answers 204 without a body when every event was stored', async () => {
    const { post, get, token } = await withType()
    const eventWrappers = [EVENT, { ...EVENT, id: 'e-2', email: 'grace@example.com' }]
    expect(await post(`${V1_EVENTS}/batch`, { eventWrappers }, token)).toMatchObject({ status: 204, text: '' })
    expect((await get('/_emulator/events')).json).toHaveLength(2)
  })

  it.each([
    ['a value of the wrong type', { method: 'magic' }, 400],
    ['an id that is in use', { id: 'known' }, 400],
    ['an id that is in it twice', { id: 'e-1' }, 400],
    ['a contact that does not exist', { objectId: 99 }, 404],
    ["a contact whose email would be another's", { objectId: 501, email: 'new@example.com' }, 409],
  ])('is refused whole for %s: nothing of it is stored', async (_rule, changes, expected) => {
    const { post, get, token } = await withType()
    await post(V1_EVENTS, { ...EVENT, id: 'known' }, token)
    const eventWrappers = [
      { ...EVENT, email: 'new@example.com' },
      { ...EVENT, id: 'e-2', ...changes },
    ]
    expect((await post(`${V1_EVENTS}/batch`, { eventWrappers }, token)).status).toBe(expected)
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'known' }])
    expect((await get('/_emulator/contacts')).json).toMatchObject([{ email: 'ada@example.com' }])
  })

  it('takes 100 events and refuses 101 whole', async () => {
    const { post, get, token } = await withType()
    const events = Array.from({ length: 101 }, (_, at) => ({ ...EVENT, id: `e-${at}` }))
    const refused = await post(`${V1_EVENTS}/batch`, { eventWrappers: events }, token)
    expect(refused).toMatchObject({
      status: 400,
      json: { message: 'a batch may hold at most 100 events, not 101: none was stored' },
    })
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await post(`${V1_EVENTS}/batch`, { eventWrappers: events.slice(1) }, token)).status).toBe(204)
    expect((await get('/_emulator/events')).json).toHaveLength(100)
  })

  it("must be under v1's name, eventWrappers", async () => {
    const { post, token } = await withType()
    expect((await post(`${V1_EVENTS}/batch`, { inputs: [EVENT] }, token)).json).toMatchObject({
      message: expect.stringContaining('some of required attributes are not set [eventWrappers]'),
    })
  })
})

describe('reading a v1 event back', () => {
  it("is 404 for an unknown id and for another account's event", async () => {
    const session = await withType()
    await session.post(V1_EVENTS, EVENT, session.token)
    expect((await session.get(`${V1_EVENTS}/2001/nothing`, session.token)).status).toBe(404)
    expect((await session.get(`${V1_EVENTS}/2001/e-1`, await demoToken(session, 777))).status).toBe(404)
  })
})

describe('a property that is deleted', () => {
  it('is unknown to events from then on', async () => {
    const session = await withType()
    await session.post(V1_EVENTS, EVENT, session.token)
    await session.remove(`${V1_TYPES}/2001/properties/1?${KEY}`)
    expect((await session.post(V1_EVENTS, { ...EVENT, id: 'e-2' }, session.token)).status).toBe(400)
    expect((await session.post(V1_EVENTS, { ...EVENT, id: 'e-2', method: undefined }, session.token)).status).toBe(204)
  })
})

async function withType(v1Era = 'post'): Promise<Session & { token: string }> {
  const session = await openAccount()
  await session.post('/_emulator/limits', { v1Era })
  await v1LoginType(session)
  return session
}
