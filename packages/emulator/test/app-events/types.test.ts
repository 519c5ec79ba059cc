import { describe, expect, it } from 'vitest'
import { install, openAccount, openEmulator } from '../open-account.ts'
import { APP_LOGIN, APP_TYPES } from '../kinds-of-events.ts'

const PROJECTS = '/integrators/timeline/2026-03/types/projects'

describe('a kind of app event', () => {
  it('exists once the content of its file is uploaded, and is listed', async () => {
    const { get, post } = await openEmulator()
    const uploaded = await post(APP_TYPES, APP_LOGIN)
    expect(uploaded).toMatchObject({ status: 201, json: { uid: 'login', name: 'Logged in', objectType: 'CONTACT' } })
    expect((await get(APP_TYPES)).json).toEqual([uploaded.json])
  })

  it('may change its templates and properties, and keeps name and kind of record', async () => {
    const { get, post } = await openEmulator()
    await post(APP_TYPES, APP_LOGIN)
    const upload = (config: object) => post(APP_TYPES, { ...APP_LOGIN, config: { ...APP_LOGIN.config, ...config } })
    expect((await upload({ properties: [] })).status).toBe(201)
    expect((await get(APP_TYPES)).json).toMatchObject([{ uid: 'login', properties: [] }])
    expect((await upload({ name: 'Signed in' })).json).toMatchObject({
      message: expect.stringContaining('is "Logged in" and cannot change'),
    })
    expect((await upload({ objectType: 'DEAL' })).json).toMatchObject({
      message: expect.stringContaining('is CONTACT and cannot change'),
    })
  })

  it.each([
    ['no uid', { uid: undefined }, {}, '"uid"'],
    ['another type of file', { type: 'app' }, {}, '"type" of an app event type must be "app-event", not "app"'],
    ['no config', { config: undefined }, {}, '"config" of an app event type must be a JSON object, not missing'],
    ['a name of 51 characters', {}, { name: 'x'.repeat(51) }, 'has 51 characters: at most 50 are allowed'],
    [
      "v3's spelling of contacts",
      {},
      { objectType: 'contacts' },
      'must be one of CONTACT, COMPANY, DEAL, TICKET, not "contacts"',
    ],
    ['a template that cannot be read', {}, { detailTemplate: '{{#each' }, 'detailTemplate cannot be read'],
    ['a header of 1001 characters', {}, { headerTemplate: 'x'.repeat(1001) }, 'at most 1000 are allowed'],
    [
      'a property twice',
      {},
      { properties: [1, 2].map(() => ({ name: 'a', label: 'A', type: 'string' })) },
      'property "a" is there twice',
    ],
    [
      'an unknown type of value',
      {},
      { properties: [{ name: 'a', label: 'A', type: 'bool' }] },
      'must be one of string, number, enumeration, date',
    ],
  ])('is refused for %s', async (_rule, file, config, message) => {
    const { post } = await openEmulator()
    const body = { ...APP_LOGIN, config: { ...APP_LOGIN.config, ...config }, ...file }
    expect(await post(APP_TYPES, body)).toMatchObject({ status: 400, json: { message: expect.stringContaining(message) } })
  })
})

describe('the names of a kind of app event', () => {
  it.each(['2026-03', 'v4'])('are told for its project and uid, at %s', async (version) => {
    const { post, token } = await openAccount()
    await post(`${APP_TYPES}?project=shop`, APP_LOGIN)
    const path = `/integrators/timeline/${version}/types/projects`
    const { status, json } = await post(path, { projectName: 'shop', developerSymbol: 'login' }, token)
    expect([status, json]).toEqual([200, { fullyQualifiedName: 'ae1_login', developerQualifiedSymbol: 'shop_login' }])
  })

  it('are 404 for another project and for an unknown uid', async () => {
    const { post, token } = await openAccount()
    await post(APP_TYPES, APP_LOGIN)
    for (const body of [
      { projectName: 'shop', developerSymbol: 'login' },
      { projectName: 'trackline', developerSymbol: 'logout' },
    ])
      expect((await post(PROJECTS, body, token)).status).toBe(404)
  })

  it('need the scope developers-read', async () => {
    const session = await openEmulator({ autoConsent: true })
    await session.post(APP_TYPES, APP_LOGIN)
    const body = { projectName: 'trackline', developerSymbol: 'login' }
    const [plain, allowed] = [await install(session, 'oauth timeline'), await install(session, 'oauth developers-read')]
    expect((await session.post(PROJECTS, body, plain.accessToken)).status).toBe(403)
    expect((await session.post(PROJECTS, body, allowed.accessToken)).status).toBe(200)
  })
})
