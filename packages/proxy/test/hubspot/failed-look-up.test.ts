import { defineEvents } from '@trackline/shared'
import { describe, expect, it } from 'vitest'
import { createTargets } from '../../src/hubspot/targets.ts'
import { aRow } from '../flows/a-row.ts'
import { serveAnswers } from '../stage/serve-answers.ts'
import type { Served } from '../stage/serve-answers.ts'
import { TARGET_SETTINGS } from './target-settings.ts'

const events = defineEvents({ login: {} })
const contactWrites = { read: async () => [], note: async () => {} }

describe.each(['timeline-v1', 'timeline-v3'] as const)('%s, where the event types cannot be listed', (target) => {
  async function send(served: Served) {
    const { url } = await serveAnswers(() => served)
    const endpoint = { baseUrl: url, fetch, timeoutMs: 5_000 }
    const options = { endpoint, events, contactWrites, appId: 1, developerKey: 'key', templateAccess: 'developer-key', ids: {}, targets: TARGET_SETTINGS, now: () => new Date() } as const
    return createTargets(options)[target].send([aRow()], 'token')
  }

  const said = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: JSON.stringify({ message: 'in its own words' }) })
  const detail = expect.stringMatching(/would not list the event (types|templates): in its own words/)

  it('429: the account waits as long as HubSpot says, and nothing has failed', async () => {
    const outcome = { kind: 'snooze', code: 'HUBSPOT_RATE_LIMITED', forMs: 7_000, detail }
    expect(await send(said(429, { 'retry-after': '7' }))).toEqual({ kind: 'whole', outcome })
  })

  it('503 with Retry-After: the account is tried again after that', async () => {
    expect(await send(said(503, { 'retry-after': '7' }))).toEqual({ kind: 'whole', outcome: { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', forMs: 7_000, detail } })
  })

  it('500: the account is tried again', async () => {
    expect(await send(said(500))).toEqual({ kind: 'whole', outcome: { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail } })
  })

  it.each([400, 401, 403, 404])('%i blames no event and is this target\'s trouble alone', async (status) => {
    expect(await send(said(status))).toEqual({ kind: 'whole', outcome: { kind: 'retry', code: 'HUBSPOT_FORBIDDEN', detail } })
  })
})
