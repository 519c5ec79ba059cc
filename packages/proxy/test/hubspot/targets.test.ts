import { count, date, defineEvents, number, oneOf, text } from '@trackline/shared'
import { afterEach, describe, expect, it } from 'vitest'
import type { TargetName } from '../../src/outbox/event.ts'
import { startStack } from '../stage/start-stack.ts'
import type { Stack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const METHODS = ['password', 'sso'].map((value) => ({ value, label: value }))
const SINCE = '2026-11-20T08:00:00.000Z'
const DEVELOPER = 'hapikey=trackline-dev-key'
/** The APIs that record an event; contact properties record none. */
const EVENT_TARGETS: TargetName[] = ['timeline-v1', 'timeline-v3', 'app-events', 'custom-events']

const events = defineEvents({
  login: {
    properties: {
      // HubSpot, as these tests set it up, does not know the third.
      method: oneOf(['password', 'sso', 'passkey']),
      deviceName: text({ optional: true }),
      tries: number({ optional: true }),
      since: date({ optional: true, contactProperty: 'customer_since' }),
      logins: number({ derive: count('login'), contactProperty: 'login_count' }),
    },
  },
})

let stack: Stack | undefined
afterEach(() => stack?.close())

/** A connected proxy whose events go to these targets, with the event types in place that HubSpot would have. */
async function startWith(...targets: TargetName[]): Promise<Stack> {
  const started = await startStack({ config: { events }, site: { targets } })
  stack = started
  await defineV1Login(started)
  await narrowV3Login(started)
  await started.emulated('/_emulator/app-event-types', 'POST', APP_LOGIN)
  if (targets.includes('custom-events')) await narrowCustomLogin(started)
  return started
}

async function defineV1Login({ emulated }: Stack): Promise<void> {
  const types = '/integrations/v1/1/timeline/event-types'
  const { id } = await emulated<{ id: number }>(`${types}?${DEVELOPER}`, 'POST', { name: 'login', applicationId: 1 })
  const properties = [
    { name: 'method', label: 'Method', propertyType: 'Enumeration', options: METHODS },
    { name: 'deviceName', label: 'Device', propertyType: 'String' },
    { name: 'tries', label: 'Tries', propertyType: 'Numeric' },
    { name: 'since', label: 'Since', propertyType: 'Date' },
    { name: 'logins', label: 'Logins', propertyType: 'Numeric' },
  ]
  for (const property of properties) await emulated(`${types}/${id}/properties?${DEVELOPER}`, 'POST', property)
}

/** What an administrator does who removes a value in HubSpot. */
async function narrowV3Login({ emulated }: Stack): Promise<void> {
  const base = '/integrators/timeline/v3/1/event-templates'
  const { results } = await emulated<{ results: { id: string }[] }>(`${base}?${DEVELOPER}`)
  const path = `${base}/${results[0]?.id}/tokens/method?${DEVELOPER}`
  await emulated(path, 'PUT', { label: 'method', options: METHODS })
}

const APP_LOGIN = {
  uid: 'login',
  type: 'app-event',
  config: {
    name: 'Logged in',
    objectType: 'CONTACT',
    headerTemplate: 'Logged in with {{method}}',
    properties: [
      { name: 'method', label: 'Method', type: 'enumeration', options: METHODS },
      { name: 'deviceName', label: 'Device', type: 'string' },
      { name: 'tries', label: 'Tries', type: 'number' },
      { name: 'since', label: 'Since', type: 'date' },
      { name: 'logins', label: 'Logins', type: 'number' },
    ],
  },
}

/** The same in the account's definition of the custom event. */
async function narrowCustomLogin({ emulator, emulated }: Stack): Promise<void> {
  const { access_token: token } = await emulated<{ access_token: string }>('/_emulator/token?portal=62515')
  const answer = await fetch(`${emulator.url}/events/2026-03/event-definitions/login/property/method`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ options: METHODS }),
  })
  expect(answer.status).toBe(200)
}

const LOGIN = { event: 'login', properties: { method: 'sso', deviceName: 'phone', tries: 2, since: SINCE } }

describe.each(EVENT_TARGETS)('%s', (target) => {
  it('records an event with its time, contact and properties', async () => {
    const { track, delivered } = await startWith(target)
    await track({ ...LOGIN, timestamp: '2026-11-21T10:00:00Z' })
    const [event] = await delivered('ada@example.com', 1)
    expect(event).toMatchObject({ api: target, timestamp: expect.stringMatching(/^2026-11-/) })
    expect(JSON.stringify(event)).toContain('phone')
  })

  it('keeps one event of those that were sent again after HubSpot took them and the answer was lost', async () => {
    const { track, fail, delivered, audit, timelineOf } = await startWith(target)
    await fail({ next: 1, resetAfterAccept: true })
    await track([LOGIN, { ...LOGIN, messageId: 'second' }])
    await delivered('ada@example.com', 2)
    await until('both are settled', async () => (await audit()).delivered === 2)
    expect(await timelineOf('ada@example.com')).toHaveLength(2)
  })

  it('lets the one event of a batch die that HubSpot refuses, with its reason', async () => {
    const { track, send, mint, delivered, audit } = await startWith(target)
    const good = Array.from({ length: 6 }, (_, index) => ({ ...LOGIN, messageId: `good-${index}` }))
    const bad = { ...LOGIN, messageId: 'bad', properties: { ...LOGIN.properties, method: 'passkey' } }
    await track([...good.slice(0, 3), bad, ...good.slice(3)])
    await delivered('ada@example.com', 6)
    await until('the bad one is settled', async () => (await audit()).dead === 1)
    expect(await audit()).toMatchObject({ delivered: 6, dead: 1, queued: 0 })
    const status = await send('/v1/events/bad', { headers: { authorization: `Bearer ${await mint()}` } })
    const detail: unknown = expect.stringContaining('passkey')
    expect(status.json).toMatchObject({ state: 'dead', deliveries: [{ code: 'HUBSPOT_REJECTED_EVENT', detail }] })
  })
})

it('contact-properties writes what events are to set, and makes the contact', async () => {
  const { track, audit, emulated } = await startWith('contact-properties')
  await track([LOGIN, { ...LOGIN, messageId: 'second' }])
  await until('both are settled', async () => (await audit()).delivered === 2)
  const contact = await emulated<{ properties: Record<string, string> }>('/_emulator/contacts/ada@example.com')
  expect(contact.properties).toMatchObject({ login_count: '2', customer_since: String(Date.parse(SINCE)) })
})

it('several targets each get the event, and each is a promise of its own', async () => {
  const { track, audit, timelineOf, send, mint } = await startWith('timeline-v3', 'custom-events', 'contact-properties')
  const { json } = await track(LOGIN)
  await until('all are settled', async () => (await audit()).delivered === 3)
  expect((await timelineOf('ada@example.com')).map((event) => Reflect.get(event, 'api')).sort()).toEqual(['custom-events', 'timeline-v3'])
  const status = await send(`/v1/events/${json.results?.[0]?.messageId}`, { headers: { authorization: `Bearer ${await mint()}` } })
  expect(status.json.deliveries).toHaveLength(3)
})

it('a subscription that one target lacks does not stop the others', async () => {
  const { track, emulated, delivered, audit } = await startWith('timeline-v3', 'custom-events')
  await emulated('/_emulator/accounts', 'POST', { portal: 62515, enterprise: false })
  await track([LOGIN, { ...LOGIN, messageId: 'second' }])
  await delivered('ada@example.com', 2)
  expect(await audit()).toMatchObject({ delivered: 2, queued: 2, dead: 0 })
  await emulated('/_emulator/accounts', 'POST', { portal: 62515, enterprise: true })
  await until('the custom events follow once the account has the tier', async () => (await audit()).delivered === 4)
})

it('a property whose name timeline-v1 needs for itself stops the start', async () => {
  const reserved = defineEvents({ login: { properties: { portalId: text() } } })
  await expect(startStack({ config: { events: reserved }, site: { targets: ['timeline-v1'] } })).rejects.toThrow("'login.portalId'")
})
