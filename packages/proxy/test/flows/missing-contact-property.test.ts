import { defineEvents, text } from '@trackline/shared'
import { afterAll, expect, it } from 'vitest'
import { installUrl } from '../../src/cli/connect.ts'
import { planDefinitions } from '../../src/cli/plan-definitions.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { PORTAL, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const PEOPLE = 40
const KEY = generateServerKey()
const events = defineEvents({
  call: { properties: { number: text({ contactProperty: 'phone' }) } },
  visit: { properties: { page: text({ optional: true, contactProperty: 'last_page' }), from: text({ contactProperty: 'company' }) } },
})
const stack = await startStack({
  config: { events },
  site: { targets: ['contact-properties'], serverKeys: [KEY.digest] },
  isConnected: false,
})
const { server, emulated, track, audit, followInstall } = stack
afterAll(stack.close)

const headers = { authorization: `Bearer ${KEY.key}` }
const visit = (person: number, properties: object) => ({ event: 'visit', messageId: `visit ${person}`, email: `person${person}@example.com`, properties: { from: 'Lovelace', ...properties } })
const phoneOf = async (email: string) => (await emulated<{ properties: Record<string, string> }>(`/_emulator/contacts/${email}`)).properties.phone

it('events that set a contact property which the account lacks wait for it, and hold up no others', async () => {
  await track(Array.from({ length: PEOPLE }, (_, person) => visit(person, { page: '/' })), { headers })
  await track([{ event: 'call', messageId: 'call', email: 'person0@example.com', properties: { number: '1' } }, visit(PEOPLE, {})], { headers })
  await followInstall(await installUrl(server.parts, 'main'))
  await until('the others are delivered', async () => (await audit()).delivered === 2)
  const [row] = await server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId: 'visit 0' })
  expect(row).toMatchObject({ state: 'due', code: 'EVENT_TYPE_MISSING', detail: 'the account has no contact property "last_page"' })
  expect(await audit()).toMatchObject({ delivered: 2, queued: PEOPLE, dead: 0 })
  expect(await phoneOf('person0@example.com')).toBe('1')

  for (const step of (await planDefinitions(server.parts)).steps) await step.run()
  await until('all are delivered', async () => (await audit()).delivered === PEOPLE + 2)
})
