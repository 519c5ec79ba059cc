import { describe, expect, it } from 'vitest'
import { demoToken, install, openAccount, openEmulator } from '../open-account.ts'

const LAST_LOGIN = { name: 'last_login', label: 'Last login', type: 'datetime', fieldType: 'date', groupName: 'trackline' }

describe.each(['/crm/v3/properties/contacts', '/crm/properties/2026-03/contacts'])('%s', (path) => {
  it('creates groups and properties and reads them back', async () => {
    const { get, post, token } = await openAccount()
    expect(await post(`${path}/groups`, { name: 'trackline', label: 'Trackline' }, token)).toMatchObject({
      status: 201,
      json: { name: 'trackline' },
    })
    expect(await post(path, LAST_LOGIN, token)).toMatchObject({
      status: 201,
      json: { ...LAST_LOGIN, hubspotDefined: false, archived: false },
    })
    expect((await get(`${path}/last_login`, token)).json).toMatchObject(LAST_LOGIN)
    expect((await get(`${path}/groups/trackline`, token)).json).toMatchObject({ label: 'Trackline' })
    expect((await get(path, token)).json).toMatchObject({
      results: expect.arrayContaining([
        expect.objectContaining({ name: 'email' }),
        expect.objectContaining({ name: 'last_login' }),
      ]),
    })
    expect((await get(`${path}/groups`, token)).json).toMatchObject({
      results: [{ name: 'contactinformation' }, { name: 'trackline' }],
    })
  })

  it('answers 409 for what exists already', async () => {
    const { post, token } = await openAccount()
    const property = { ...LAST_LOGIN, groupName: 'contactinformation' }
    await post(path, property, token)
    expect(await post(path, property, token)).toMatchObject({
      status: 409,
      json: { message: "A property named 'last_login' already exists." },
    })
    expect((await post(`${path}/groups`, { name: 'contactinformation', label: 'x' }, token)).status).toBe(409)
  })

  it('answers 404 for what does not exist', async () => {
    const { get, token } = await openAccount()
    expect((await get(`${path}/nothing`, token)).status).toBe(404)
    expect((await get(`${path}/groups/nothing`, token)).status).toBe(404)
  })

  it('asks for the schema scopes, reading and writing apart', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken } = await install(session, 'oauth crm.schemas.contacts.read crm.objects.contacts.write')
    expect((await session.get(path, accessToken)).status).toBe(200)
    expect(await session.post(path, LAST_LOGIN, accessToken)).toMatchObject({
      status: 403,
      json: { errors: [{ context: { requiredGranularScopes: ['crm.schemas.contacts.write'] } }] },
    })
  })
})

describe('a property that breaks a rule', () => {
  it.each([
    ['no name', { name: undefined }, 'a property must have "name"'],
    ['capital letters', { name: 'LastLogin' }, 'name "LastLogin" of a property is invalid'],
    ['no label', { label: '' }, 'property "last_login" must have "label"'],
    ['an unknown type', { type: 'moment' }, '"type" of property "last_login" must be one of'],
    ['a type from a prototype', { type: 'constructor' }, '"type" of property "last_login" must be one of'],
    ['a field that cannot show the type', { fieldType: 'textarea' }, '"fieldType" of property "last_login" must be one of date'],
    ['a group that does not exist', { groupName: 'nowhere' }, 'property group "nowhere" does not exist'],
    ['an enumeration without options', { type: 'enumeration', fieldType: 'select' }, 'is an enumeration and must have options'],
  ])('is refused: %s', async (_rule, changes, message) => {
    const { post, token } = await openAccount()
    await post('/crm/v3/properties/contacts/groups', { name: 'trackline', label: 'Trackline' }, token)
    expect(await post('/crm/v3/properties/contacts', { ...LAST_LOGIN, ...changes }, token)).toMatchObject({
      status: 400,
      json: { category: 'VALIDATION_ERROR', message: expect.stringContaining(message) },
    })
  })
})

describe('accounts', () => {
  it('have their own properties', async () => {
    const session = await openAccount()
    await session.post('/crm/v3/properties/contacts', { ...LAST_LOGIN, groupName: 'contactinformation' }, session.token)
    expect((await session.get('/crm/v3/properties/contacts/last_login', await demoToken(session, 777))).status).toBe(404)
  })
})
