import { describe, expect, it } from 'vitest'
import { EVENTS, loginTemplate, openAccount } from '../open-account.ts'
import type { Session } from '../open-account.ts'

const LAST_LOGIN = {
  name: 'last_login',
  label: 'Last login',
  type: 'datetime',
  fieldType: 'date',
  groupName: 'contactinformation',
}

describe('a token that names a contact property', () => {
  it('stamps a date as milliseconds, with every event', async () => {
    const session = await withStamp('date', 'last_login')
    await session.post('/crm/v3/properties/contacts', LAST_LOGIN, session.token)
    await write(session, '2026-11-22T09:00:00Z')
    expect(await propertiesOf(session)).toMatchObject({ last_login: '1795338000000' })
    await write(session, '1795341600000')
    expect(await propertiesOf(session)).toMatchObject({ last_login: '1795341600000' })
  })

  it('stamps standard properties', async () => {
    const session = await withStamp('string', 'jobtitle')
    await write(session, 'Countess')
    expect(await propertiesOf(session)).toMatchObject({ jobtitle: 'Countess' })
  })

  it('stamps nothing for an empty value', async () => {
    const session = await withStamp('string', 'jobtitle')
    await write(session, 'Countess')
    expect((await write(session, '')).status).toBe(201)
    expect(await propertiesOf(session)).toMatchObject({ jobtitle: 'Countess' })
  })

  it('is ignored without a word while the account lacks the property', async () => {
    const session = await withStamp('date', 'last_login')
    expect((await write(session, '2026-11-22T09:00:00Z')).status).toBe(201)
    expect(await propertiesOf(session)).not.toHaveProperty('last_login')
  })

  it('never changes what HubSpot keeps itself', async () => {
    const session = await withStamp('string', 'hs_object_id')
    await write(session, '7')
    expect(await propertiesOf(session)).toMatchObject({ hs_object_id: '501' })
  })

  it('stamps nothing when the event is refused', async () => {
    const session = await withStamp('string', 'jobtitle')
    await write(session, 'Countess')
    await session.post(
      EVENTS,
      { eventTemplateId: '1001', email: 'ada@example.com', tokens: { value: 'Queen' }, timestamp: 'never' },
      session.token,
    )
    expect(await propertiesOf(session)).toMatchObject({ jobtitle: 'Countess' })
  })
})

async function withStamp(type: string, objectPropertyName: string) {
  const session = await openAccount()
  await loginTemplate(session, { headerTemplate: 'x', tokens: [{ name: 'value', label: 'Value', type, objectPropertyName }] })
  return session
}

function write(session: Session & { token: string }, value: string) {
  return session.post(EVENTS, { eventTemplateId: '1001', email: 'ada@example.com', tokens: { value } }, session.token)
}

async function propertiesOf({ get }: Session): Promise<unknown> {
  const { json } = await get('/_emulator/contacts/ada@example.com')
  return typeof json === 'object' && json !== null && 'properties' in json ? json.properties : undefined
}
