import { defineEvents } from '@trackline/shared'
import { expect, it } from 'vitest'
import { createTargets } from '../../src/hubspot/targets.ts'
import { aRow } from '../flows/a-row.ts'
import { serveAnswers } from '../stage/serve-answers.ts'
import { TARGET_SETTINGS } from './target-settings.ts'

/** What another process of the store has taken, which defines more. */
const ROW = aRow({ properties: { note: '[free](https://evil.example)', tries: 2, isNew: true } })

it.each([
  ['timeline-v1', { note: '[free] (https://evil.example)', tries: 2, isNew: 'true' }],
  ['app-events', { note: '[free] (https://evil.example)', tries: '2', isNew: 'true' }],
] as const)('%s: a property that this process does not define goes as HubSpot takes it, and is no link', async (target, sent) => {
  const { url, asked } = await serveAnswers(() => ({ status: 200 }))
  const options = { events: defineEvents({ login: {} }), contactWrites: { read: async () => [], note: async () => {} }, appId: 1, templateAccess: 'developer-key', ids: { login: '7' } } as const
  await createTargets({ ...options, endpoint: { baseUrl: url, fetch, timeoutMs: 5_000 }, targets: TARGET_SETTINGS, now: () => new Date() })[target].send([ROW], 'token')
  const [event] = Object.values<Record<string, unknown>[]>(JSON.parse(asked[0]?.body ?? '{}')).flat()
  expect(target === 'timeline-v1' ? event : event?.properties).toMatchObject(sent)
})
