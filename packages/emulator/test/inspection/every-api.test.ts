import { describe, expect, it } from 'vitest'
import { openAccount } from '../open-account.ts'
import { defineLogins, ONE_OF_EACH, writeOneOfEach } from '../write-one-of-each.ts'

describe('/_emulator/events', () => {
  it('lists the events of every API, each under its own name and with its rendering', async () => {
    const session = await openAccount()
    expect(await writeOneOfEach(session)).toEqual([204, 201, 200, 204])
    const common = { email: 'ada@example.com', objectId: '501', objectType: 'contacts', portalId: 62515, writes: 1 }
    const { json } = await session.get('/_emulator/events?email=ada@example.com')
    expect(json).toMatchObject([
      {
        ...common,
        api: 'custom-events',
        id: 'custom-events',
        eventName: 'pe62515_login',
        templateName: 'Logged in',
        header: 'Logged in',
        detail: '',
        properties: { method: 'sso', device: '<b>Difference Engine</b>' },
      },
      {
        ...common,
        api: 'app-events',
        id: 'app-events',
        eventTypeName: 'login',
        templateName: 'Logged in',
        header: 'Logged in with sso',
        detail: 'From Paris',
        properties: { method: 'sso' },
      },
      {
        ...common,
        api: 'timeline-v3',
        id: 'timeline-v3',
        eventTemplateId: '1001',
        templateName: 'login',
        header: 'Logged in with sso',
        tokens: { method: 'sso' },
      },
      {
        ...common,
        api: 'timeline-v1',
        id: 'timeline-v1',
        eventTypeId: '2001',
        templateName: 'login',
        header: 'Logged in with sso',
        properties: { method: 'sso' },
      },
    ])
  })

  it('keeps events of one id apart when they come by different APIs', async () => {
    const session = await openAccount()
    await defineLogins(session)
    for (const { api, path, body } of ONE_OF_EACH) {
      const id = api === 'custom-events' ? { uuid: 'same' } : { id: 'same' }
      await session.post(path, { ...body, ...id }, session.token)
    }
    expect((await session.get('/_emulator/events')).json).toMatchObject(
      ['custom-events', 'app-events', 'timeline-v3', 'timeline-v1'].map((api) => ({ api, id: 'same', writes: 1 })),
    )
  })
})
