import { describe, expect, it } from 'vitest'
import { openAccount, openEmulator } from '../open-account.ts'
import { KEY, METHODS, number, V1_EVENTS, V1_TYPES, v1LoginType } from '../kinds-of-events.ts'

const TYPE = {
  name: 'login',
  applicationId: 1,
  objectType: 'CONTACT',
  headerTemplate: 'Logged in',
  detailTemplate: 'At **{{timestamp}}**',
}

describe('an event type', () => {
  it('is created with a number for its id, read, listed, replaced and deleted', async () => {
    const { get, post, put, remove } = await openEmulator()
    const created = await post(`${V1_TYPES}?${KEY}`, TYPE)
    expect(created).toMatchObject({ status: 200, json: { id: 2001, ...TYPE } })
    expect((await get(`${V1_TYPES}/2001?${KEY}`)).json).toEqual(created.json)
    const changed = { ...TYPE, id: 2001, name: 'signed in', headerTemplate: 'Signed in' }
    expect(await put(`${V1_TYPES}/2001?${KEY}`, changed)).toMatchObject({ status: 200, json: changed })
    expect((await get(`${V1_TYPES}?${KEY}`)).json).toMatchObject([{ name: 'signed in' }])
    expect(await remove(`${V1_TYPES}/2001?${KEY}`)).toMatchObject({ status: 204, text: '' })
    expect((await get(`${V1_TYPES}/2001?${KEY}`)).status).toBe(404)
  })

  it('takes its events along when it is deleted', async () => {
    const session = await openAccount()
    const eventTypeId = await v1LoginType(session)
    await session.post(V1_EVENTS, { id: 'a', eventTypeId, email: 'ada@example.com' }, session.token)
    await session.remove(`${V1_TYPES}/${eventTypeId}?${KEY}`)
    expect((await session.get('/_emulator/events')).json).toEqual([])
  })

  it('is about contacts unless it says otherwise', async () => {
    const { post } = await openEmulator()
    expect((await post(`${V1_TYPES}?${KEY}`, { ...TYPE, objectType: undefined })).json).toMatchObject({ objectType: 'CONTACT' })
    expect((await post(`${V1_TYPES}?${KEY}`, { ...TYPE, objectType: 'DEAL' })).json).toMatchObject({ objectType: 'DEAL' })
  })

  it.each([
    ['no name', { name: undefined }, '"name"'],
    ['no app id', { applicationId: undefined }, '"applicationId" must repeat the app id of the path, 1, not missing'],
    ["another app's id", { applicationId: 7 }, '"applicationId" must repeat the app id of the path, 1, not 7'],
    [
      "v3's spelling of contacts",
      { objectType: 'contacts' },
      '"objectType" must be one of CONTACT, COMPANY, DEAL, not "contacts"',
    ],
    ['tickets, which v1 never had', { objectType: 'TICKET' }, '"objectType" must be one of CONTACT, COMPANY, DEAL'],
    ['a template that cannot be read', { headerTemplate: '{{#if a}}' }, 'headerTemplate cannot be read at line 1'],
  ])('is refused for %s', async (_rule, changes, message) => {
    const { post } = await openEmulator()
    expect(await post(`${V1_TYPES}?${KEY}`, { ...TYPE, ...changes })).toMatchObject({
      status: 400,
      json: { category: 'VALIDATION_ERROR', message: expect.stringContaining(message) },
    })
  })

  it.each([
    ['does not repeat its id', { id: undefined }, '"id" must repeat the id of the path, 2001, not missing'],
    ['moves to other records', { id: 2001, objectType: 'DEAL' }, '"objectType" of event type 2001 is CONTACT and cannot change'],
  ])('is not replaced by one that %s', async (_rule, changes, message) => {
    const { post, put } = await openEmulator()
    await post(`${V1_TYPES}?${KEY}`, TYPE)
    expect(await put(`${V1_TYPES}/2001?${KEY}`, { ...TYPE, ...changes })).toMatchObject({ status: 400, json: { message } })
  })

  it('has no place among v3 templates', async () => {
    const session = await openAccount()
    await v1LoginType(session)
    expect((await session.get(`/integrators/timeline/v3/1/event-templates?${KEY}`)).json).toEqual({ results: [] })
  })
})

describe("an event type's property", () => {
  it('is added, listed, changed by the id in the body, and deleted', async () => {
    const { get, post, put, remove } = await openEmulator()
    await post(`${V1_TYPES}?${KEY}`, TYPE)
    const path = `${V1_TYPES}/2001/properties`
    const property = {
      name: 'method',
      label: 'Method',
      propertyType: 'Enumeration',
      options: METHODS,
      objectProperty: 'jobtitle',
    }
    const added = await post(`${path}?${KEY}`, property)
    expect(added).toMatchObject({ status: 200, json: { ...property, eventTypeId: 2001, contactProperty: 'jobtitle' } })
    const id = number(added.json, 'id')
    const changed = { id, name: 'method', label: 'How', options: METHODS, contactProperty: 'company' }
    expect(await put(`${path}?${KEY}`, changed)).toMatchObject({ status: 200, json: { ...changed, objectProperty: 'company' } })
    expect((await get(`${path}?${KEY}`)).json).toMatchObject([{ id, label: 'How', propertyType: 'Enumeration' }])
    expect((await remove(`${path}/${id}?${KEY}`)).status).toBe(204)
    expect((await get(`${path}?${KEY}`)).json).toEqual([])
  })

  it.each(['id', 'email', 'utk', 'objectId', 'timestamp', 'extraData', 'timelineIFrame', 'tokens', 'log', 'portalId', 'domain'])(
    'cannot be named %s, which an event has already',
    async (name) => {
      const { post } = await openEmulator()
      await post(`${V1_TYPES}?${KEY}`, TYPE)
      const answer = await post(`${V1_TYPES}/2001/properties?${KEY}`, { name, label: 'X', propertyType: 'String' })
      expect(answer).toMatchObject({
        status: 400,
        json: { message: expect.stringContaining(`property name "${name}" is reserved`) },
      })
    },
  )

  it.each([
    [
      'a type in v3 spelling',
      { propertyType: 'string' },
      '"propertyType" of property "a" must be one of String, Numeric, Enumeration, Date',
    ],
    ['an enumeration without options', { propertyType: 'Enumeration' }, 'is an enumeration and must have options'],
    ['two stamps', { contactProperty: 'city', objectProperty: 'zip' }, 'names two contact properties, "city" and "zip"'],
    ['a name with a space', { name: 'a b' }, 'property name "a b" is invalid'],
  ])('is refused for %s', async (_rule, changes, message) => {
    const { post } = await openEmulator()
    await post(`${V1_TYPES}?${KEY}`, TYPE)
    const property = { name: 'a', label: 'A', propertyType: 'String', ...changes }
    expect(await post(`${V1_TYPES}/2001/properties?${KEY}`, property)).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining(message) },
    })
  })

  it('keeps its name, its type and its event type; an unknown id is 404', async () => {
    const session = await openEmulator()
    await v1LoginType(session)
    const change = (body: object) => session.put(`${V1_TYPES}/2001/properties?${KEY}`, { label: 'X', options: METHODS, ...body })
    expect((await change({ id: 99 })).status).toBe(404)
    for (const body of [{ name: 'other' }, { propertyType: 'String' }, { eventTypeId: 2002 }])
      expect(await change({ id: 1, ...body })).toMatchObject({
        status: 400,
        json: { message: expect.stringContaining('cannot change') },
      })
  })

  it('cannot be there twice', async () => {
    const session = await openEmulator()
    await v1LoginType(session)
    const again = { name: 'device', label: 'Device', propertyType: 'String' }
    expect((await session.post(`${V1_TYPES}/2001/properties?${KEY}`, again)).status).toBe(409)
  })
})

describe('who may manage event types', () => {
  it('is the holder of the developer key, and no OAuth token', async () => {
    const { get, post, token } = await openAccount()
    for (const answer of [await post(V1_TYPES, TYPE, token), await get(V1_TYPES, token), await get(V1_TYPES)]) {
      expect(answer).toMatchObject({
        status: 401,
        json: { category: 'INVALID_AUTHENTICATION', message: expect.stringContaining('supports developer API keys') },
      })
    }
    expect((await get(`${V1_TYPES}?hapikey=wrong`)).status).toBe(401)
    expect((await get(`/integrations/v1/7/timeline/event-types?${KEY}`)).status).toBe(404)
  })
})
