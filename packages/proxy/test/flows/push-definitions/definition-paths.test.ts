import { defineEvents, text } from '@trackline/shared'
import { expect, it, onTestFinished } from 'vitest'
import { planDefinitions } from '../../../src/cli/plan-definitions.ts'
import { eventTypesApi, listEventTypes } from '../../../src/hubspot/definitions/event-types-api.ts'
import { serveAnswers } from '../../stage/serve-answers.ts'
import { startStack } from '../../stage/start-stack.ts'
import { until } from '../../stage/until.ts'

const events = defineEvents({ login: { properties: { method: text({ contactProperty: 'login_method' }) } } })

it('kinds of events and contact properties are looked for, and made, where the configuration says that their APIs lie', async () => {
  const targets = {
    'timeline-v3': { path: '/crm/v3/timeline' },
    'custom-events': { version: 'v3' },
    'contact-properties': { path: '/crm/objects/2026-03/contacts', propertiesPath: '/crm/properties/2026-03/contacts' },
  } as const
  const stack = await startStack({ config: { events, hubspot: { targets } }, site: { targets: ['timeline-v3', 'custom-events', 'contact-properties'] } })
  onTestFinished(stack.close)
  await stack.track({ event: 'login', properties: { method: 'sso' } })
  await until('all are delivered', async () => (await stack.audit()).delivered === 3)
  expect(await planDefinitions(stack.server.parts)).toEqual({ steps: [], problems: [], notes: [] })

  const requests = await stack.emulated<{ method: string; path: string }[]>('/_emulator/requests')
  const asked = new Set(requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`))
  for (const [method, path] of [['GET', '/crm/v3/timeline/:appId/event-templates'], ['POST', '/crm/v3/timeline/:appId/event-templates'], ['POST', '/crm/v3/timeline/events/batch/create'],
    ['GET', '/events/v3/event-definitions'], ['POST', '/events/v3/event-definitions'], ['POST', '/events/v3/send/batch'],
    ['GET', '/crm/properties/2026-03/contacts'], ['POST', '/crm/properties/2026-03/contacts'], ['POST', '/crm/objects/2026-03/contacts/batch/upsert']]) {
    expect(asked).toContain(`${method} ${path}`)
  }
  expect([...asked].filter((each) => /integrators|events\/2026-03|crm\/v3\/(objects|properties)/.test(each))).toEqual([])
})

it('event types of v1 too', async () => {
  const { url, asked } = await serveAnswers(() => ({ status: 200, body: '[]' }))
  const app = { appId: 7, developerKey: 'key', path: '/integrations/v9' }
  const endpoint = { baseUrl: url, fetch, timeoutMs: 5_000 }
  expect(await eventTypesApi(endpoint, app).list()).toEqual([])
  expect(await listEventTypes(endpoint, app)).toEqual([])
  const listing = '/integrations/v9/7/timeline/event-types?hapikey=key'
  expect(asked.map(({ path }) => path)).toEqual([listing, listing])
})
