import { Client } from '@hubspot/api-client'
import { PropertyCreateFieldTypeEnum, PropertyCreateTypeEnum } from '@hubspot/api-client/lib/codegen/crm/properties/index.js'
import { TimelineEventTemplateTokenTypeEnum } from '@hubspot/api-client/lib/codegen/crm/timeline/index.js'
import { describe, expect, it } from 'vitest'
import { DEVELOPER_APP } from '../src/index.ts'
import { authorize, CLIENT, codeExchange, demoToken, openEmulator, REDIRECT_URI } from './open-account.ts'
import { CUSTOM_LOGIN, DEFINITIONS, METHODS } from './kinds-of-events.ts'

// HubSpot's own client, unchanged but for its address: what it cannot read, HubSpot would not have answered.
const APP_ID = DEVELOPER_APP.id
const METHOD = { name: 'method', label: 'Method', type: TimelineEventTemplateTokenTypeEnum.Enumeration, options: METHODS }
const LOGIN = { name: 'login', objectType: 'contacts', headerTemplate: 'Logged in with {{method}}' }

describe("HubSpot's Node client and OAuth v1", () => {
  it('exchanges a code, refreshes, looks tokens up and ends a refresh token', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { oauth } = new Client({ basePath: session.emulator.url })
    const { code, client_id, client_secret } = { code: await authorize(session, { scope: 'oauth timeline' }), ...CLIENT }
    const issued = await oauth.tokensApi.create('authorization_code', code, REDIRECT_URI, client_id, client_secret)
    expect(issued).toMatchObject({ tokenType: 'bearer', expiresIn: 1800 })
    const refresh = () =>
      oauth.tokensApi.create('refresh_token', undefined, undefined, client_id, client_secret, issued.refreshToken)
    const refreshed = await refresh()
    expect(refreshed.refreshToken).toBe(issued.refreshToken)
    expect(refreshed.accessToken).not.toBe(issued.accessToken)
    expect(await oauth.accessTokensApi.get(refreshed.accessToken)).toMatchObject({
      hubId: 62515,
      appId: APP_ID,
      userId: expect.any(Number),
      scopes: ['oauth', 'timeline'],
    })
    expect(await oauth.refreshTokensApi.get(issued.refreshToken)).toMatchObject({ hubId: 62515, clientId: client_id })
    await oauth.refreshTokensApi.archive(issued.refreshToken)
    await expect(refresh()).rejects.toMatchObject({ code: 400, body: { status: 'BAD_REFRESH_TOKEN' } })
  })

  it('builds the address of the consent page that the emulator understands', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { oauth } = new Client()
    const address = new URL(oauth.getAuthorizationUrl(CLIENT.client_id, REDIRECT_URI, 'oauth timeline', undefined, 's1'))
    const { status, headers } = await session.get(address.pathname + address.search)
    const back = new URL(headers.get('location') ?? '')
    expect([status, back.searchParams.get('state')]).toEqual([302, 's1'])
    const exchanged = await session.form('/oauth/v1/token', codeExchange(back.searchParams.get('code') ?? ''))
    expect(exchanged.status).toBe(200)
  })
})

describe("HubSpot's Node client and timeline events", () => {
  it('creates, reads, lists, changes and deletes templates with the developer key', async () => {
    const { timeline } = await openClients()
    const created = await timeline.templatesApi.create(APP_ID, { ...LOGIN, tokens: [METHOD] })
    expect(created).toMatchObject({ ...LOGIN, id: '1001', tokens: [METHOD] })
    expect(created.createdAt).toEqual(expect.any(Date))
    const update = { id: created.id, name: 'signed in', tokens: [METHOD], headerTemplate: 'Signed in' }
    expect(await timeline.templatesApi.update(created.id, APP_ID, update)).toMatchObject({ name: 'signed in' })
    expect(await timeline.templatesApi.getById(created.id, APP_ID)).toMatchObject({ headerTemplate: 'Signed in' })
    expect((await timeline.templatesApi.getAll(APP_ID)).results).toHaveLength(1)
    await timeline.templatesApi.archive(created.id, APP_ID)
    await expect(timeline.templatesApi.getById(created.id, APP_ID)).rejects.toMatchObject({ code: 404 })
  })

  it('adds, changes and deletes tokens', async () => {
    const { timeline } = await openClients()
    const { id } = await timeline.templatesApi.create(APP_ID, { ...LOGIN, tokens: [] })
    expect(await timeline.tokensApi.create(id, APP_ID, METHOD)).toMatchObject({ name: 'method', options: METHODS })
    expect(await timeline.tokensApi.update(id, 'method', APP_ID, { label: 'How', options: METHODS })).toMatchObject({
      label: 'How',
    })
    await timeline.tokensApi.archive(id, 'method', APP_ID)
    expect((await timeline.templatesApi.getById(id, APP_ID)).tokens).toEqual([])
  })

  it('writes single events and reads them back', async () => {
    const { timeline, session } = await openClients()
    const eventTemplateId = (await timeline.templatesApi.create(APP_ID, { ...LOGIN, tokens: [METHOD] })).id
    const timestamp = new Date('2026-11-20T08:00:00Z')
    const event = { id: 'e-1', eventTemplateId, email: 'ada@example.com', tokens: { method: 'sso' }, timestamp }
    expect(await timeline.eventsApi.create(event)).toMatchObject({ ...event, objectType: 'contacts', objectId: '501' })
    expect(await timeline.eventsApi.getById(eventTemplateId, 'e-1')).toMatchObject(event)
    expect(await timeline.eventsApi.getDetailById(eventTemplateId, 'e-1')).toEqual({ details: '' })
    expect(await timeline.eventsApi.getRenderById(eventTemplateId, 'e-1')).toBe('Logged in with sso')
    await expect(timeline.eventsApi.create({ ...event, tokens: { method: 'magic' } })).rejects.toMatchObject({ code: 400 })
    expect((await session.get('/_emulator/events?email=ada@example.com')).json).toHaveLength(1)
  })

  it('writes batches, and reads which events of a mixed one failed', async () => {
    const { timeline } = await openClients()
    const eventTemplateId = (await timeline.templatesApi.create(APP_ID, { ...LOGIN, tokens: [METHOD] })).id
    const event = { eventTemplateId, email: 'ada@example.com', tokens: { method: 'sso' } }
    const whole = await timeline.eventsApi.createBatch({ inputs: ['a', 'b'].map((id) => ({ ...event, id })) })
    expect(whole).toMatchObject({ status: 'COMPLETE', results: [{ id: 'a' }, { id: 'b' }], startedAt: expect.any(Date) })
    const inputs = [
      { ...event, id: 'c' },
      { ...event, id: 'd', tokens: { method: 'magic' } },
    ]
    expect(await timeline.eventsApi.createBatch({ inputs })).toMatchObject({
      numErrors: 1,
      results: [{ id: 'c' }],
      errors: [{ category: 'VALIDATION_ERROR', context: { ids: ['d'] } }],
    })
  })

  it('reads the category and the headers of a refusal', async () => {
    const { timeline, session } = await openClients()
    await session.post('/_emulator/limits', { per10s: 1 })
    const event = { id: 'e-1', eventTemplateId: '9', email: 'ada@example.com', tokens: {} }
    await expect(timeline.eventsApi.create(event)).rejects.toMatchObject({ code: 404, body: { category: 'OBJECT_NOT_FOUND' } })
    await expect(timeline.eventsApi.create(event)).rejects.toMatchObject({
      code: 429,
      body: { policyName: 'TEN_SECONDLY_ROLLING' },
      headers: { 'x-hubspot-ratelimit-remaining': '0' },
    })
  })

  it('writes v1 events by its plain request', async () => {
    const { client, keyClient, session } = await openClients()
    const base = `/integrations/v1/${APP_ID}/timeline`
    const body = { name: 'login', applicationId: APP_ID }
    const qs = { hapikey: DEVELOPER_APP.developerKey }
    const type: unknown = await (await keyClient.apiRequest({ method: 'POST', path: `${base}/event-types`, qs, body })).json()
    expect(type).toMatchObject({ id: 2001 })
    const event = { id: 'e-1', eventTypeId: 2001, email: 'ada@example.com' }
    expect((await client.apiRequest({ method: 'POST', path: `${base}/event`, body: event })).status).toBe(204)
    expect((await session.get('/_emulator/events')).json).toMatchObject([{ api: 'timeline-v1', id: 'e-1' }])
  })
})

describe("HubSpot's Node client and custom events", () => {
  it('sends one, sends a batch, and reads them back', async () => {
    const { client, session, token } = await openClients()
    await session.post(DEFINITIONS, CUSTOM_LOGIN, token)
    const event = { eventName: 'pe62515_login', email: 'ada@example.com', properties: { method: 'sso' } }
    await client.events.send.basicApi.send({ ...event, uuid: 'u-1', occurredAt: new Date('2026-11-20T08:00:00Z') })
    await client.events.send.batchApi.send({ inputs: ['u-2', 'u-1'].map((uuid) => ({ ...event, uuid })) })
    const page = await client.events.eventsApi.getPage('contact', 'pe62515_login')
    expect(page.results).toMatchObject([
      { id: 'u-2', objectType: 'CONTACT', objectId: '501', eventType: 'pe62515_login' },
      { id: 'u-1', occurredAt: new Date('2026-11-20T08:00:00Z'), properties: { method: 'sso' } },
    ])
    expect(await client.events.eventsApi.getTypes()).toEqual({ eventTypes: ['pe62515_login'] })
    await expect(client.events.send.basicApi.send({ ...event, eventName: 'login' })).rejects.toMatchObject({ code: 404 })
  })
})

describe("HubSpot's Node client and contacts", () => {
  it('upserts by email, and reads which contacts of a mixed batch failed', async () => {
    const { client } = await openClients()
    const { batchApi } = client.crm.contacts
    const input = (id: string, properties: Record<string, string>) => ({ id, idProperty: 'email', properties })
    const whole = await batchApi.upsert({ inputs: [input('ada@example.com', { firstname: 'Ada' })] })
    expect(whole).toMatchObject({ status: 'COMPLETE', results: [{ id: '501', _new: true, properties: { firstname: 'Ada' } }] })
    const inputs = [input('ada@example.com', { firstname: 'Augusta' }), input('grace@example.com', { colour: 'red' })]
    expect(await batchApi.upsert({ inputs })).toMatchObject({
      numErrors: 1,
      results: [{ id: '501', _new: false, createdAt: expect.any(Date) }],
      errors: [{ category: 'VALIDATION_ERROR', context: { ids: ['grace@example.com'] } }],
    })
  })

  it('changes one by email, and creates a property to write', async () => {
    const { client, session } = await openClients()
    const types = { type: PropertyCreateTypeEnum.Datetime, fieldType: PropertyCreateFieldTypeEnum.Date }
    const property = { name: 'last_login', label: 'Last login', groupName: 'contactinformation', ...types }
    expect(await client.crm.properties.coreApi.create('contacts', property)).toMatchObject(property)
    const inputs = [{ id: 'ada@example.com', idProperty: 'email', properties: {} }]
    await client.crm.contacts.batchApi.upsert({ inputs })
    const changes = { properties: { last_login: '1795338000000' } }
    expect(await client.crm.contacts.basicApi.update('ada@example.com', changes, 'email')).toMatchObject({
      id: '501',
      ...changes,
    })
    expect((await session.get('/_emulator/contacts/ada@example.com')).json).toMatchObject(changes)
  })
})

/** An emulator, the client with a token of its account, and the timeline API with the developer key for templates. */
async function openClients() {
  const session = await openEmulator()
  const token = await demoToken(session)
  const basePath = session.emulator.url
  const client = new Client({ accessToken: token, basePath })
  const keyClient = new Client({ developerApiKey: DEVELOPER_APP.developerKey, basePath })
  const { templatesApi, tokensApi } = keyClient.crm.timeline
  return { session, token, client, keyClient, timeline: { templatesApi, tokensApi, eventsApi: client.crm.timeline.eventsApi } }
}
