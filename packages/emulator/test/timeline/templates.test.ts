import { describe, expect, it } from 'vitest'
import { field, LOGIN_TEMPLATE, loginTemplate, openAccount, TEMPLATES } from '../open-account.ts'

const ALIAS = '/crm/v3/timeline/1/event-templates'
const TOKEN = { name: 'device', label: 'Device', type: 'string' }

describe('templates', () => {
  it('are created with ids that are numbers as text, from 1001', async () => {
    const { post, token } = await openAccount()
    const { status, json } = await post(TEMPLATES, LOGIN_TEMPLATE, token)
    expect(status).toBe(201)
    expect(json).toMatchObject({ ...LOGIN_TEMPLATE, id: '1001', createdAt: expect.any(String), updatedAt: expect.any(String) })
    expect(field((await post(TEMPLATES, LOGIN_TEMPLATE, token)).json, 'id')).toBe('1002')
  })

  it('are the same under both paths', async () => {
    const { get, post, token } = await openAccount()
    await post(ALIAS, LOGIN_TEMPLATE, token)
    const [here, there] = [await get(TEMPLATES, token), await get(ALIAS, token)]
    expect(here.json).toEqual(there.json)
    expect(here.json).toMatchObject({ results: [{ id: '1001', name: 'login' }] })
    expect((await get(`${ALIAS}/1001`, token)).json).toMatchObject({ id: '1001' })
  })

  it('are replaced by PUT, but for the object type', async () => {
    const session = await openAccount()
    const id = await loginTemplate(session)
    const { status, json } = await session.put(
      `${TEMPLATES}/${id}`,
      { id, name: 'signed in', tokens: [TOKEN], objectType: 'deals' },
      session.token,
    )
    expect(status).toBe(200)
    expect(json).toMatchObject({ id, name: 'signed in', objectType: 'contacts', tokens: [TOKEN] })
    expect(json).not.toHaveProperty('headerTemplate')
  })

  it('are not replaced when the body names another id', async () => {
    const session = await openAccount()
    const id = await loginTemplate(session)
    const { status, json } = await session.put(`${TEMPLATES}/${id}`, { ...LOGIN_TEMPLATE, id: '9' }, session.token)
    expect([status, json]).toMatchObject([400, { message: '"id" must repeat the id of the path, "1001", not "9"' }])
  })

  it('take their events with them when deleted', async () => {
    const session = await openAccount()
    const id = await loginTemplate(session)
    const event = { eventTemplateId: id, id: 'e', email: 'ada@example.com', tokens: { method: 'sso' } }
    await session.post('/integrators/timeline/v3/events', event, session.token)
    expect((await session.remove(`${TEMPLATES}/${id}`, session.token)).status).toBe(204)
    expect((await session.get(`${TEMPLATES}/${id}`, session.token)).status).toBe(404)
    expect((await session.get('/_emulator/events')).json).toEqual([])
    expect((await session.remove(`${TEMPLATES}/${id}`, session.token)).status).toBe(404)
  })
})

describe('a template that breaks a rule', () => {
  const enumeration = { ...TOKEN, type: 'enumeration' }
  it.each([
    ['name', { name: '' }, 'an event template must have "name"'],
    ['name length', { name: 'n'.repeat(51) }, 'has 51 characters: at most 50'],
    ['objectType', { objectType: 'people' }, '"objectType" must be one of contacts, companies, deals, tickets, not "people"'],
    ['header length', { headerTemplate: 'h'.repeat(1001) }, 'headerTemplate has 1001 characters: at most 1000'],
    ['detail length', { detailTemplate: 'd'.repeat(10_001) }, 'detailTemplate has 10001 characters: at most 10000'],
    ['header lines', { headerTemplate: 'one\ntwo' }, 'headerTemplate must be one line'],
    ['header type', { headerTemplate: 7 }, '"headerTemplate" of an event template must be a string, not 7'],
    [
      'header syntax',
      { headerTemplate: 'Hi {{name' },
      'headerTemplate cannot be read at line 1, column 4: {{ is never closed by }}',
    ],
    [
      'detail syntax',
      { detailTemplate: 'a\n{{#if x}}b' },
      'detailTemplate cannot be read at line 2, column 1: {{#if}} is never closed by {{/if}}',
    ],
    ['tokens missing', { tokens: undefined }, 'an event template must have "tokens"'],
    [
      'too many tokens',
      { tokens: Array.from({ length: 501 }, (_, at) => ({ ...TOKEN, name: `t${at}` })) },
      'at most 500 tokens, not 501',
    ],
    ['token name', { tokens: [{ ...TOKEN, name: 'my device' }] }, 'token name "my device" is invalid'],
    ['token name log', { tokens: [{ ...TOKEN, name: 'log' }] }, 'token name "log" is reserved'],
    ['token name lookup', { tokens: [{ ...TOKEN, name: 'lookup' }] }, 'token name "lookup" is reserved'],
    ['token twice', { tokens: [TOKEN, TOKEN] }, 'token "device" is there twice'],
    ['token label', { tokens: [{ ...TOKEN, label: ' ' }] }, 'token "device" must have "label"'],
    [
      'token type',
      { tokens: [{ ...TOKEN, type: 'boolean' }] },
      'must be one of string, number, enumeration, date, not "boolean"',
    ],
    ['no options', { tokens: [enumeration] }, 'token "device" is an enumeration and must have options'],
    [
      'options of a string',
      { tokens: [{ ...TOKEN, options: [{ value: 'a', label: 'A' }] }] },
      'which only an enumeration may have',
    ],
    [
      'option without label',
      { tokens: [{ ...enumeration, options: [{ value: 'a' }] }] },
      'an option of token "device" must have "label"',
    ],
    [
      'option twice',
      {
        tokens: [
          {
            ...enumeration,
            options: [
              { value: 'a', label: 'A' },
              { value: 'a', label: 'B' },
            ],
          },
        ],
      },
      '"a" is there twice',
    ],
  ])('is refused: %s', async (_rule, changes, message) => {
    const { post, get, token } = await openAccount()
    const { status, json } = await post(TEMPLATES, { ...LOGIN_TEMPLATE, ...changes }, token)
    expect(status).toBe(400)
    expect(json).toMatchObject({ category: 'VALIDATION_ERROR', message: expect.stringContaining(message) })
    expect((await get(TEMPLATES, token)).json).toEqual({ results: [] })
  })

  it('is refused when its name has every allowed sign but one too many', async () => {
    const { post, token } = await openAccount()
    const tokens = ['A.b-c_9', 'a/b'].map((name) => ({ ...TOKEN, name }))
    expect((await post(TEMPLATES, { ...LOGIN_TEMPLATE, tokens: tokens.slice(0, 1) }, token)).status).toBe(201)
    expect((await post(TEMPLATES, { ...LOGIN_TEMPLATE, tokens }, token)).status).toBe(400)
  })
})

describe('tokens of a template', () => {
  it('are added, changed and deleted one by one', async () => {
    const session = await openAccount()
    const path = `${TEMPLATES}/${await loginTemplate(session)}/tokens`
    const added = await session.post(path, { ...TOKEN, objectPropertyName: 'last_device' }, session.token)
    expect([added.status, added.json]).toMatchObject([200, { ...TOKEN, objectPropertyName: 'last_device' }])
    const changed = await session.put(`${path}/device`, { label: 'Machine' }, session.token)
    expect([changed.status, changed.json]).toMatchObject([200, { name: 'device', type: 'string', label: 'Machine' }])
    expect((await session.remove(`${path}/device`, session.token)).status).toBe(204)
    const { json } = await session.get(`${TEMPLATES}/1001`, session.token)
    expect(json).toMatchObject({ tokens: [{ name: 'method' }] })
  })

  it('are refused a second time under the same name', async () => {
    const session = await openAccount()
    const path = `${TEMPLATES}/${await loginTemplate(session)}/tokens`
    expect((await session.post(path, { ...TOKEN, name: 'method' }, session.token)).status).toBe(409)
  })

  it('are not found under an unknown name', async () => {
    const session = await openAccount()
    const path = `${TEMPLATES}/${await loginTemplate(session)}/tokens/nothing`
    expect((await session.put(path, { label: 'x' }, session.token)).status).toBe(404)
    expect((await session.remove(path, session.token)).status).toBe(404)
  })
})
