import { defineEvents, text } from '@trackline/shared'
import { expect, it } from 'vitest'
import { appEvents } from '../../src/hubspot/app-events.ts'
import { customEvents } from '../../src/hubspot/custom-events.ts'
import { timelineV1 } from '../../src/hubspot/timeline-v1.ts'
import { timelineV3 } from '../../src/hubspot/timeline-v3.ts'
import { aRow } from '../flows/a-row.ts'
import { serveAnswers } from '../stage/serve-answers.ts'

const events = defineEvents({ login: { properties: { kept: text() } } })
const BATCH = { path: '/x', batchSize: 100 }

it.each(['timeline-v1', 'timeline-v3', 'app-events', 'custom-events'])('%s: an event that waits is sent without a property that is not defined any more', async (name) => {
  const { url, asked } = await serveAnswers(() => ({ status: 204 }))
  const common = { endpoint: { baseUrl: url, fetch, timeoutMs: 2_000 }, events }
  const targets = {
    'timeline-v1': timelineV1({ ...common, appId: 1, eventTypeId: async () => '1', settings: { ...BATCH, method: 'POST' } }),
    'timeline-v3': timelineV3({ ...common, templateId: async () => '1', settings: BATCH }),
    'app-events': appEvents({ ...common, settings: { ...BATCH, version: '2026-03' } }),
    'custom-events': customEvents({ ...common, settings: { ...BATCH, version: '2026-03' } }),
  }
  await Reflect.get(targets, name).send([aRow({ properties: { kept: 'yes', removed: 'gone' } })], 'token')
  expect(asked[0]?.body).toContain('yes')
  expect(asked[0]?.body).not.toContain('gone')
})
