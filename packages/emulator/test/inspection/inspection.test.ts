import { describe, expect, it } from 'vitest'
import { demoToken, EVENTS, loginTemplate, openAccount, openEmulator } from '../open-account.ts'

describe('/_emulator/events', () => {
  it('shows each event with its rendering and its writes, newest first', async () => {
    const session = await openAccount()
    await loginTemplate(session, { detailTemplate: 'via **{{method}}**' })
    await write(session, { id: 'old', timestamp: '2026-11-01T00:00:00Z' })
    await write(session, { id: 'new', timestamp: '2026-11-02T00:00:00Z', extraData: { a: 1 } })
    await write(session, { id: 'older', timestamp: '2026-10-31T00:00:00Z' })
    const { json } = await session.get('/_emulator/events?email=ada@example.com')
    expect(json).toMatchObject([{ id: 'new' }, { id: 'old' }, { id: 'older' }])
    expect(json).toMatchObject([
      {
        id: 'new',
        eventTemplateId: '1001',
        templateName: 'login',
        email: 'ada@example.com',
        objectId: '501',
        portalId: 62515,
        timestamp: '2026-11-02T00:00:00.000Z',
        tokens: { method: 'sso' },
        extraData: { a: 1 },
        createdAt: '2026-11-22T10:00:00.000Z',
        writes: 1,
        header: 'Logged in with sso',
        headerHtml: 'Logged in with sso',
        detail: 'via sso',
        detailHtml: '<p>via <strong>sso</strong></p>',
      },
      {},
      {},
    ])
  })

  it('takes any spelling of the email, and gives nothing for a stranger', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    await write(session, { id: 'a' })
    expect((await session.get('/_emulator/events?email=ADA@example.com')).json).toHaveLength(1)
    expect((await session.get('/_emulator/events?email=eve@example.com')).json).toEqual([])
  })

  it('finds an address with a plus, escaped or not', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    await write(session, { id: 'a', email: 'ada+shop@example.com' })
    expect((await session.get('/_emulator/events?email=ada+shop@example.com')).json).toHaveLength(1)
    expect((await session.get('/_emulator/events?email=ada%2Bshop%40example.com')).json).toHaveLength(1)
    expect((await session.get('/_emulator/contacts/ada+shop@example.com')).status).toBe(200)
  })

  it('can be narrowed to an account', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    await write(session, { id: 'a' })
    await write({ ...session, token: await demoToken(session, 777) }, { id: 'b' })
    expect((await session.get('/_emulator/events?email=ada@example.com')).json).toHaveLength(2)
    expect((await session.get('/_emulator/events?portal=777')).json).toMatchObject([{ id: 'b', portalId: 777 }])
    expect((await session.get('/_emulator/events?portal=acme')).status).toBe(400)
  })
})

describe('/_emulator/contacts', () => {
  it('lists contacts and finds one by email; 404 otherwise', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    await write(session, { id: 'a' })
    const contact = { id: '501', portalId: 62515, email: 'ada@example.com', properties: { hs_object_id: '501' } }
    expect((await session.get('/_emulator/contacts')).json).toMatchObject([contact])
    expect((await session.get('/_emulator/contacts/Ada@example.com')).json).toMatchObject(contact)
    expect((await session.get('/_emulator/contacts/eve@example.com')).status).toBe(404)
  })

  it('finds a contact of another account when the default account has none', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    await write({ ...session, token: await demoToken(session, 777) }, { id: 'a' })
    expect((await session.get('/_emulator/contacts/ada@example.com')).json).toMatchObject({ portalId: 777 })
    expect((await session.get('/_emulator/contacts/ada@example.com?portal=62515')).status).toBe(404)
  })
})

describe('/_emulator/token', () => {
  it('gives a live token for any account', async () => {
    const session = await openEmulator()
    const { json } = await session.get(`/oauth/v1/access-tokens/${await demoToken(session, 4711)}`)
    expect(json).toMatchObject({
      hub_id: 4711,
      scopes: expect.arrayContaining(['timeline', 'crm.schemas.contacts.write', 'developers-write']),
    })
  })

  it('asks which account', async () => {
    const { get } = await openEmulator()
    for (const query of ['', '?portal=', '?portal=acme', '?portal=0'])
      expect((await get(`/_emulator/token${query}`)).status).toBe(400)
  })
})

describe('/_emulator/requests', () => {
  it('counts calls by path and status, without ids or tokens in the paths', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    await write(session, { id: 'a' })
    await write(session, { id: 'b' })
    await write(session, { id: 'c', tokens: {} })
    await session.get(`/oauth/v1/access-tokens/${session.token}`)
    await session.get('/some/unknown/path')
    const { json, text } = await session.get('/_emulator/requests')
    expect(json).toEqual(
      expect.arrayContaining([
        { method: 'POST', path: EVENTS, status: 201, count: 2 },
        { method: 'POST', path: EVENTS, status: 400, count: 1 },
        { method: 'GET', path: '/oauth/v1/access-tokens/:token', status: 200, count: 1 },
        { method: 'GET', path: '(no such path)', status: 404, count: 1 },
      ]),
    )
    expect(text).not.toContain(session.token)
    await session.remove('/_emulator/requests')
    expect((await session.get('/_emulator/requests')).json).toEqual([])
  })
})

type Writer = Awaited<ReturnType<typeof openAccount>>

function write({ post, token }: Writer, changes: Record<string, unknown>) {
  return post(EVENTS, { eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' }, ...changes }, token)
}
