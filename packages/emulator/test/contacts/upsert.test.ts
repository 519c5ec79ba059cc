import { describe, expect, it } from 'vitest'
import { demoToken, install, openAccount, openEmulator } from '../open-account.ts'
import type { Session } from '../open-account.ts'
import { METHODS, UPSERT } from '../kinds-of-events.ts'

const CONTACTS = '/crm/v3/objects/contacts'
const PROPERTIES = '/crm/v3/properties/contacts'

const OWN_PROPERTIES = [
  { name: 'last_login', type: 'datetime', fieldType: 'date' },
  { name: 'birthday', type: 'date', fieldType: 'date' },
  { name: 'logins', type: 'number', fieldType: 'number' },
  { name: 'method', type: 'enumeration', fieldType: 'select', options: METHODS },
  { name: 'methods', type: 'enumeration', fieldType: 'checkbox', options: METHODS },
  { name: 'is_member', type: 'bool', fieldType: 'booleancheckbox' },
]

describe('an upsert', () => {
  it.each(['/crm/v3/objects', '/crm/objects/2026-03', '/crm/objects/2026-09'])(
    'answers 200 and says which contacts are new, at %s',
    async (base) => {
      const session = await withProperties()
      const upsert = (inputs: object[]) =>
        session.post(base.includes('v3') ? UPSERT : `${base}/contacts/batch/upsert`, { inputs }, session.token)
      expect(await upsert([input('ada@example.com', { firstname: 'Ada', logins: '3' })])).toMatchObject({
        status: 200,
        json: {
          status: 'COMPLETE',
          results: [
            {
              id: '501',
              new: true,
              archived: false,
              createdAt: '2026-11-22T10:00:00.000Z',
              properties: { email: 'ada@example.com', firstname: 'Ada', logins: '3', hs_object_id: '501' },
            },
          ],
        },
      })
      const second = await upsert([input('ADA@example.com', { logins: 4 }), input('grace@example.com', {})])
      expect(second).toMatchObject({
        status: 200,
        json: {
          results: [
            { id: '501', new: false, properties: { logins: '4' } },
            { id: '502', new: true },
          ],
        },
      })
      expect(second.json).not.toHaveProperty('errors')
      expect(await propertiesOf(session)).toMatchObject({ firstname: 'Ada', logins: '4' })
    },
  )

  it('keeps moments as milliseconds, takes several ticks of a checkbox, and clears with an empty text', async () => {
    const session = await withProperties()
    const values = { last_login: '2026-11-22T09:00:00Z', birthday: '1815-12-10', methods: 'sso;password', is_member: true }
    expect((await upsertAda(session, values)).status).toBe(200)
    expect(await propertiesOf(session)).toMatchObject({
      last_login: '1795338000000',
      birthday: String(Date.parse('1815-12-10')),
      methods: 'sso;password',
      is_member: 'true',
    })
    await upsertAda(session, { last_login: '', methods: '' })
    expect(await propertiesOf(session)).not.toHaveProperty('last_login')
  })

  it.each([
    ['an unknown property', { colour: 'red' }, 'PROPERTY_DOESNT_EXIST', 'Property "colour" does not exist'],
    ['a read-only property', { hs_object_id: '7' }, 'READ_ONLY_VALUE', '"hs_object_id" is a read only property'],
    ['text for a number', { logins: 'three' }, 'INVALID_INTEGER', 'three was not a valid number'],
    ['text for a moment', { last_login: 'soon' }, 'INVALID_LONG', 'soon was not a valid long'],
    ['a time for a date', { birthday: '1815-12-10T08:00:00Z' }, 'INVALID_DATE', 'it is not midnight UTC'],
    [
      'a value outside the options',
      { method: 'magic' },
      'INVALID_OPTION',
      'magic was not one of the allowed options: [sso, password]',
    ],
    ['one wrong tick', { methods: 'sso;magic' }, 'INVALID_OPTION', 'magic was not one of the allowed options'],
    ['neither true nor false', { is_member: 'yes' }, 'INVALID_OPTION', '[true, false]'],
    ['a list', { firstname: ['Ada'] }, 'INVALID_STRING', 'was not a string'],
    ['an invalid email', { email: 'ada' }, 'INVALID_EMAIL', 'Email address ada is invalid'],
  ])('answers 207 for %s, and writes the others', async (_rule, properties, code, message) => {
    const session = await withProperties()
    const inputs = [input('ada@example.com', properties), input('grace@example.com', { firstname: 'Grace' })]
    const { status, json } = await session.post(UPSERT, { inputs }, session.token)
    expect([status, json]).toMatchObject([
      207,
      {
        numErrors: 1,
        results: [{ properties: { email: 'grace@example.com' } }],
        errors: [
          {
            status: 'error',
            category: 'VALIDATION_ERROR',
            message: expect.stringMatching(/^Property values were not valid: \[\{"isValid":false,/),
            context: { ids: ['ada@example.com'] },
            errors: [{ code, message: expect.stringContaining(message) }],
          },
        ],
      },
    ])
    expect((await session.get('/_emulator/contacts')).json).toMatchObject([{ email: 'grace@example.com' }])
  })

  it('tells of all the values that are wrong', async () => {
    const session = await withProperties()
    const { json } = await upsertAda(session, { colour: 'red', logins: 'three' })
    expect(json).toMatchObject({ errors: [{ errors: [{ code: 'PROPERTY_DOESNT_EXIST' }, { code: 'INVALID_INTEGER' }] }] })
  })

  it('answers 207 for an address that is none, and for one that is taken', async () => {
    const session = await withProperties()
    await session.post(UPSERT, { inputs: [input('ada@example.com', {}), input('grace@example.com', {})] }, session.token)
    const inputs = [input('nobody', {}), input('ada@example.com', { email: 'grace@example.com', firstname: 'Ada' })]
    expect(await session.post(UPSERT, { inputs }, session.token)).toMatchObject({
      status: 207,
      json: {
        results: [],
        errors: [{ category: 'VALIDATION_ERROR' }, { category: 'CONFLICT', message: 'Contact already exists. Existing ID: 502' }],
      },
    })
    expect(await propertiesOf(session)).not.toHaveProperty('firstname')
  })

  it('gives a contact the address among its properties', async () => {
    const session = await withProperties()
    await upsertAda(session, {})
    await upsertAda(session, { email: 'countess@example.com' })
    expect((await session.get('/_emulator/contacts')).json).toMatchObject([{ id: '501', email: 'countess@example.com' }])
  })

  it('names inputs by objectWriteTraceId where they have one', async () => {
    const session = await withProperties()
    const inputs = [
      { ...input('ada@example.com', {}), objectWriteTraceId: 't-1' },
      { ...input('grace@example.com', { colour: 'red' }), objectWriteTraceId: 't-2' },
    ]
    expect((await session.post(UPSERT, { inputs }, session.token)).json).toMatchObject({
      results: [{ objectWriteTraceId: 't-1' }],
      errors: [{ context: { ids: ['grace@example.com'], objectWriteTraceId: ['t-2'] } }],
    })
  })

  it.each([
    ['another property to go by', [{ ...input('a@example.com', {}), idProperty: 'phone' }], 'by non-unique 0-1 property "phone"'],
    ['no property to go by', [{ id: 'a@example.com', properties: {} }], 'by non-unique 0-1 property missing'],
    [
      'a contact that is in it twice',
      [input('a@example.com', {}), input('A@example.com', {})],
      'Duplicate IDs found in batch input: [a@example.com]',
    ],
    ['no id', [{ idProperty: 'email', properties: {} }], 'some of required attributes are not set [id]'],
    ['no properties', [{ id: 'a@example.com', idProperty: 'email' }], 'some of required attributes are not set [properties]'],
  ])('is refused whole for %s', async (_rule, inputs, message) => {
    const { post, get, token } = await openAccount()
    const answer = await post(UPSERT, { inputs: [input('new@example.com', {}), ...inputs] }, token)
    expect(answer).toMatchObject({ status: 400, json: { message: expect.stringContaining(message) } })
    expect((await get('/_emulator/contacts')).json).toEqual([])
  })

  it('takes 100 contacts and refuses 101 whole', async () => {
    const { post, get, token } = await openAccount()
    const inputs = Array.from({ length: 101 }, (_, at) => input(`a${at}@example.com`, {}))
    expect(await post(UPSERT, { inputs }, token)).toMatchObject({
      status: 400,
      json: { message: 'a batch may hold at most 100 contacts, not 101: none was stored' },
    })
    expect((await get('/_emulator/contacts')).json).toEqual([])
    expect((await post(UPSERT, { inputs: inputs.slice(1) }, token)).status).toBe(200)
    expect((await get('/_emulator/contacts')).json).toHaveLength(100)
  })
})

describe('changing one contact', () => {
  it('goes by email or record id, and answers 200', async () => {
    const session = await withProperties()
    await upsertAda(session, {})
    const change = (rest: string, properties: object) => session.patch(`${CONTACTS}/${rest}`, { properties }, session.token)
    expect(await change('ada%40example.com?idProperty=email', { logins: '7' })).toMatchObject({
      status: 200,
      json: { id: '501', properties: { logins: '7' }, archived: false },
    })
    expect((await change('501', { firstname: 'Ada' })).status).toBe(200)
    expect(await propertiesOf(session)).toMatchObject({ logins: '7', firstname: 'Ada' })
  })

  it('creates nobody: 404 for an unknown address, an unknown id and an address without idProperty', async () => {
    const session = await withProperties()
    await upsertAda(session, {})
    for (const rest of ['grace@example.com?idProperty=email', '99', 'ada@example.com'])
      expect((await session.patch(`${CONTACTS}/${rest}`, { properties: {} }, session.token)).status).toBe(404)
    expect((await session.get('/_emulator/contacts')).json).toHaveLength(1)
  })

  it('is refused for a value that is wrong, and for another property to go by', async () => {
    const session = await withProperties()
    await upsertAda(session, {})
    const change = (rest: string, body: object) => session.patch(`${CONTACTS}/${rest}`, body, session.token)
    expect((await change('501', { properties: { colour: 'red' } })).json).toMatchObject({
      category: 'VALIDATION_ERROR',
      errors: [{ code: 'PROPERTY_DOESNT_EXIST' }],
    })
    expect((await change('501', {})).status).toBe(400)
    expect((await change('1?idProperty=phone', { properties: {} })).status).toBe(400)
  })
})

describe('who may write contacts', () => {
  it('is a token with the scope for it, of a private app too', async () => {
    const session = await openEmulator({ autoConsent: true })
    const writing = await install(session, 'oauth crm.objects.contacts.write')
    const reading = await install(session, 'oauth crm.objects.contacts.read timeline')
    const body = { inputs: [input('ada@example.com', {})] }
    expect((await session.post(UPSERT, body, reading.accessToken)).status).toBe(403)
    expect((await session.patch(`${CONTACTS}/501`, { properties: {} }, reading.accessToken)).status).toBe(403)
    expect((await session.post(UPSERT, body, writing.accessToken)).status).toBe(200)
    expect((await session.post(UPSERT, body, await demoToken(session, 62515, 'private-app'))).status).toBe(200)
  })

  it("writes its own account's contacts and no other's", async () => {
    const session = await withProperties()
    await upsertAda(session, {})
    const other = await demoToken(session, 777)
    expect((await session.patch(`${CONTACTS}/501`, { properties: {} }, other)).status).toBe(404)
    const { json } = await session.post(UPSERT, { inputs: [input('ada@example.com', { logins: '1' })] }, other)
    expect(json).toMatchObject({ errors: [{ errors: [{ code: 'PROPERTY_DOESNT_EXIST' }] }] })
  })
})

function input(email: string, properties: object) {
  return { id: email, idProperty: 'email', properties }
}

function upsertAda({ post, token }: Session & { token: string }, properties: object) {
  return post(UPSERT, { inputs: [input('ada@example.com', properties)] }, token)
}

async function withProperties() {
  const session = await openAccount()
  for (const property of OWN_PROPERTIES) {
    const { status } = await session.post(
      PROPERTIES,
      { label: property.name, groupName: 'contactinformation', ...property },
      session.token,
    )
    expect(status).toBe(201)
  }
  return session
}

async function propertiesOf({ get }: Session): Promise<unknown> {
  const { json } = await get('/_emulator/contacts/ada@example.com')
  return typeof json === 'object' && json !== null && 'properties' in json ? json.properties : undefined
}
