import { describe, expect, it } from 'vitest'
import { EVENTS, field, install, loginTemplate, openAccount, openEmulator } from '../open-account.ts'
import type { Answer } from '../open-account.ts'

const EVENT = { id: 'e-1', eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' } }

describe('writing an event', () => {
  it('answers 201 with the event and creates its contact', async () => {
    const { post, get, token } = await withTemplate()
    const { status, json } = await post(EVENTS, { ...EVENT, timestamp: '2026-11-20T08:00:00Z', extraData: { a: [1] } }, token)
    expect(status).toBe(201)
    expect(json).toMatchObject({
      ...EVENT,
      objectType: 'contacts',
      objectId: '501',
      timestamp: '2026-11-20T08:00:00.000Z',
      extraData: { a: [1] },
    })
    expect((await get('/_emulator/contacts/ada@example.com')).json).toMatchObject({
      id: '501',
      properties: { email: 'ada@example.com' },
    })
  })

  it('works at the older path too', async () => {
    const { post, get, token } = await withTemplate()
    expect((await post('/crm/v3/timeline/events', EVENT, token)).status).toBe(201)
    expect((await get('/crm/v3/timeline/events/1001/e-1', token)).json).toMatchObject({ id: 'e-1' })
  })

  it('takes the time of the call when there is no timestamp', async () => {
    const { post, token, pass } = await withTemplate()
    pass(5)
    expect((await post(EVENTS, EVENT, token)).json).toMatchObject({ timestamp: '2026-11-22T10:00:05.000Z' })
  })

  it('takes a timestamp in milliseconds, as number or text', async () => {
    const { post, token } = await withTemplate()
    for (const timestamp of [1_700_000_000_000, '1700000000000']) {
      expect((await post(EVENTS, { ...EVENT, timestamp }, token)).json).toMatchObject({ timestamp: '2023-11-14T22:13:20.000Z' })
    }
  })

  it('makes an id when there is none, and a new one for each {{uuid}}', async () => {
    const { post, token } = await withTemplate()
    const made = field((await post(EVENTS, { ...EVENT, id: undefined }, token)).json, 'id')
    expect(made).toMatch(/^[0-9a-f-]{36}$/)
    const [first, second] = [
      await post(EVENTS, { ...EVENT, id: 'login-{{uuid}}' }, token),
      await post(EVENTS, { ...EVENT, id: 'login-{{uuid}}' }, token),
    ]
    expect(field(first.json, 'id')).toMatch(/^login-[0-9a-f-]{36}$/)
    expect(field(first.json, 'id')).not.toBe(field(second.json, 'id'))
  })

  it('takes a number as a token value and gives it back as text', async () => {
    const session = await openAccount()
    await loginTemplate(session, { tokens: [{ name: 'tries', label: 'Tries', type: 'number' }] })
    expect((await session.post(EVENTS, { ...EVENT, tokens: { tries: 3 } }, session.token)).json).toMatchObject({
      tokens: { tries: '3' },
    })
  })
})

describe('an id that is sent again', () => {
  it('replaces the event and counts the writes: there is never a second one', async () => {
    const { post, get, token } = await withTemplate()
    await post(EVENTS, EVENT, token)
    expect((await post(EVENTS, { ...EVENT, tokens: { method: 'password' } }, token)).status).toBe(201)
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'e-1', writes: 2, tokens: { method: 'password' } }])
  })

  it('moves the event when it names another contact', async () => {
    const { post, get, token } = await withTemplate()
    await post(EVENTS, EVENT, token)
    await post(EVENTS, { ...EVENT, email: 'grace@example.com' }, token)
    expect((await get('/_emulator/events?email=ada@example.com')).json).toEqual([])
    expect((await get('/_emulator/events?email=grace@example.com')).json).toMatchObject([{ id: 'e-1', writes: 2 }])
  })

  it('is another event under another template', async () => {
    const session = await withTemplate()
    await loginTemplate(session)
    await session.post(EVENTS, EVENT, session.token)
    await session.post(EVENTS, { ...EVENT, eventTemplateId: '1002' }, session.token)
    expect((await session.get('/_emulator/events')).json).toMatchObject([{ writes: 1 }, { writes: 1 }])
  })
})

describe('an event that breaks a rule', () => {
  it.each([
    ['a missing token', { tokens: {} }, 400, 'token "method" is missing'],
    ['an unknown token', { tokens: { method: 'sso', device: 'x' } }, 400, 'token "device" is not defined in template "1001"'],
    [
      'a value outside the options',
      { tokens: { method: 'magic' } },
      400,
      'token "method" must be one of sso, password, not "magic"',
    ],
    ['a value that is no text', { tokens: { method: true } }, 400, 'token "method" must be a string, not true'],
    ['a null value', { tokens: { method: null } }, 400, 'token "method" must be a string, not null'],
    ['an unknown template', { eventTemplateId: '9' }, 404, 'No event template has the id "9"'],
    ['nobody it is about', { email: undefined }, 400, 'one of "email", "utk" or "objectId" is required'],
    ['an email without a domain', { email: 'ada' }, 400, '"email" "ada" is not a valid email address'],
    ['an email without a dot', { email: 'ada@localhost' }, 400, 'is not a valid email address'],
    ['two addresses', { email: 'ada@example.com,eve@example.com' }, 400, 'is not a valid email address'],
    ['an unknown objectId', { objectId: '99' }, 404, 'No contact has the objectId "99"'],
    [
      'an unreadable timestamp',
      { timestamp: 'yesterday' },
      400,
      '"timestamp" must be ISO 8601 or milliseconds since 1970, not "yesterday"',
    ],
    ['a day that does not exist', { timestamp: '2026-02-30T00:00:00Z' }, 400, '"timestamp" must be ISO 8601'],
    ['a time without a zone', { timestamp: '2026-02-03T00:00:00' }, 400, '"timestamp" must be ISO 8601'],
    ['an empty id', { id: '' }, 400, '"id" must not be empty'],
    [
      'a frame without all five parts',
      { timelineIFrame: { linkLabel: 'a', headerLabel: 'b', url: 'https://x.example', width: 1 } },
      400,
      '"timelineIFrame" needs all of',
    ],
    [
      'a frame of half a pixel',
      { timelineIFrame: { linkLabel: 'a', headerLabel: 'b', url: 'https://x.example', width: 1, height: 0.5 } },
      400,
      '"timelineIFrame" needs all of',
    ],
  ])('is refused for %s, and nothing is stored', async (_rule, changes, expected, message) => {
    const { post, get, token } = await withTemplate()
    const { status, json } = await post(EVENTS, { ...EVENT, ...changes }, token)
    expect(status).toBe(expected)
    expect(json).toMatchObject({ status: 'error', message: expect.stringContaining(message), correlationId: expect.any(String) })
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await get('/_emulator/contacts')).json).toEqual([])
  })

  it('is told all its token problems at once', async () => {
    const session = await openAccount()
    await loginTemplate(session, {
      tokens: [
        { name: 'a', label: 'A', type: 'number' },
        { name: 'b', label: 'B', type: 'date' },
      ],
    })
    const { json } = await session.post(EVENTS, { ...EVENT, tokens: { a: 'three', c: 'x' } }, session.token)
    expect(json).toMatchObject({ errors: [{ in: 'b' }, { in: 'c' }, { in: 'a' }] })
  })

  it.each([
    ['number', ['3', '-0.5', '1e3'], ['three', '3 ', 'Infinity', '0x']],
    [
      'date',
      ['1700000000000', '2026-11-22', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.123+0100'],
      ['soon', '2026-13-01', '2026-02-30', '22.11.2026'],
    ],
  ])('must have %s values of that type; an empty one stands for none', async (type, good, bad) => {
    const session = await openAccount()
    await loginTemplate(session, { tokens: [{ name: 'v', label: 'V', type }] })
    const statuses = async (values: string[]) => {
      const answers = await Promise.all(values.map((v) => session.post(EVENTS, { ...EVENT, tokens: { v } }, session.token)))
      return [...new Set(answers.map((answer) => answer.status))]
    }
    expect(await statuses([...good, ''])).toEqual([201])
    expect(await statuses(bad)).toEqual([400])
  })

  it('must be JSON, with the place named where it stops being so', async () => {
    const { post, token } = await withTemplate()
    const { status, json } = await post(EVENTS, '{"id": "a", oops}', token)
    expect([status, json]).toMatchObject([400, { message: 'Invalid input JSON on line 1, column 13: Unexpected character' }])
    expect(json).not.toHaveProperty('category')
  })

  it('must name its template and tokens, as HubSpot words it', async () => {
    const { post, token } = await withTemplate()
    const body = '{"email":"ada@example.com"}'
    const { status, json } = await post(EVENTS, body, token)
    expect([status, json]).toMatchObject([
      400,
      {
        message:
          `Invalid input JSON on line 1, column ${body.length + 1}: Cannot build TimelineEvent, ` +
          'some of required attributes are not set [eventTemplateId, tokens]',
      },
    ])
  })

  it('must be application/json and must be there', async () => {
    const { send, token } = await withTemplate()
    const headers = { authorization: `Bearer ${token}` }
    expect(
      (await send(EVENTS, { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: '{}' })).status,
    ).toBe(415)
    expect((await send(EVENTS, { method: 'POST', headers, body: new URLSearchParams({ a: 'b' }) })).status).toBe(415)
    expect((await send(EVENTS, { method: 'POST', headers })).json).toMatchObject({
      message: expect.stringContaining('No content to map'),
    })
  })
})

describe('who an event is about', () => {
  it('is the same contact for any spelling of its email', async () => {
    const { post, token } = await withTemplate()
    const ids = [await post(EVENTS, EVENT, token), await post(EVENTS, { ...EVENT, email: 'ADA@Example.com' }, token)].map(
      objectId,
    )
    expect(ids).toEqual(['501', '501'])
  })

  it('is the contact named by objectId, whose email an email next to it changes', async () => {
    const { post, get, token } = await withTemplate()
    await post(EVENTS, EVENT, token)
    await post(EVENTS, { ...EVENT, id: 'e-2', email: 'countess@example.com', objectId: '501' }, token)
    expect((await get('/_emulator/contacts')).json).toMatchObject([
      { id: '501', email: 'countess@example.com', properties: { email: 'countess@example.com' } },
    ])
    expect((await get('/_emulator/contacts/ada@example.com')).status).toBe(404)
    expect((await get('/_emulator/events?email=countess@example.com')).json).toHaveLength(2)
  })

  it('cannot take the email of another contact', async () => {
    const { post, get, token } = await withTemplate()
    await post(EVENTS, EVENT, token)
    await post(EVENTS, { ...EVENT, id: 'e-2', email: 'grace@example.com' }, token)
    const { status, json } = await post(EVENTS, { ...EVENT, id: 'e-3', objectId: '501', email: 'grace@example.com' }, token)
    expect([status, json]).toMatchObject([409, { message: 'Contact already exists. Existing ID: 502' }])
    expect((await get('/_emulator/events')).json).toHaveLength(2)
  })

  it('is nobody for an unknown visitor, until an email says who the visitor is', async () => {
    const { post, get, pass, token } = await withTemplate()
    const early = await post(EVENTS, { ...EVENT, email: undefined, utk: 'visitor-1' }, token)
    expect(early.json).not.toHaveProperty('objectId')
    expect((await get('/_emulator/contacts')).json).toEqual([])
    pass(1)
    await post(EVENTS, { ...EVENT, id: 'e-2', utk: 'visitor-1' }, token)
    expect((await get('/_emulator/events?email=ada@example.com')).json).toMatchObject([{ id: 'e-2' }, { id: 'e-1' }])
  })

  it('is the visitor and not the email once the visitor is known', async () => {
    const { post, token } = await withTemplate()
    await post(EVENTS, { ...EVENT, utk: 'visitor-1' }, token)
    const later = await post(EVENTS, { ...EVENT, id: 'e-2', utk: 'visitor-1', email: 'eve@example.com' }, token)
    expect(objectId(later)).toBe('501')
  })

  it('stays within the account: another account has its own contacts', async () => {
    const session = await openEmulator({ autoConsent: true })
    await loginTemplate(session)
    const mine = await install(session, 'oauth timeline')
    const theirs = await install(session, 'oauth timeline', 777)
    await session.post(EVENTS, EVENT, mine.accessToken)
    expect((await session.post(EVENTS, { ...EVENT, id: 'e-2', objectId: '501' }, theirs.accessToken)).status).toBe(404)
    expect((await session.get(`${EVENTS}/1001/e-1`, theirs.accessToken)).status).toBe(404)
    expect(objectId(await session.post(EVENTS, { ...EVENT, id: 'e-3' }, theirs.accessToken))).toBe('502')
  })

  it('must be an objectId for companies, deals and tickets', async () => {
    const session = await openAccount()
    await loginTemplate(session, { objectType: 'deals' })
    expect((await session.post(EVENTS, EVENT, session.token)).json).toMatchObject({
      message: '"objectId" is required for events on deals',
    })
    expect((await session.post(EVENTS, { ...EVENT, objectId: 12 }, session.token)).json).toMatchObject({
      objectType: 'deals',
      objectId: '12',
    })
  })
})

describe('reading an event back', () => {
  it('gives the event, its detail and its rendering', async () => {
    const session = await openAccount()
    await loginTemplate(session, { detailTemplate: 'From *{{extraData.city}}*' })
    await session.post(EVENTS, { ...EVENT, extraData: { city: '<Paris>' } }, session.token)
    const read = (rest: string) => session.get(`${EVENTS}/1001/e-1${rest}`, session.token)
    expect((await read('')).json).toMatchObject(EVENT)
    expect((await read('/detail')).json).toEqual({ details: '<p>From <em>&lt;Paris&gt;</em></p>' })
    expect((await read('/render')).text).toBe('Logged in with sso')
    expect((await read('/render?detail=true')).text).toBe('<p>From <em>&lt;Paris&gt;</em></p>')
    expect((await read('/render')).headers.get('content-type')).toMatch(/^text\/html/)
  })

  it('is 404 for an unknown id', async () => {
    const { get, token } = await withTemplate()
    expect((await get(`${EVENTS}/1001/nothing`, token)).status).toBe(404)
  })

  it('takes reading scopes, which do not let it write', async () => {
    const session = await openEmulator({ autoConsent: true })
    await loginTemplate(session)
    const { accessToken } = await install(session, 'oauth crm.objects.contacts.read')
    expect((await session.get(`${EVENTS}/1001/nothing`, accessToken)).status).toBe(404)
    expect((await session.post(EVENTS, EVENT, accessToken)).status).toBe(403)
  })
})

async function withTemplate() {
  const session = await openAccount()
  await loginTemplate(session)
  return session
}

function objectId({ json }: Answer): string {
  return field(json, 'objectId')
}
