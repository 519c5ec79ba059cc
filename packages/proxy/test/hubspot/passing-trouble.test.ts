import { defineEvents, text } from '@trackline/shared'
import { describe, expect, it } from 'vitest'
import { contactProperties } from '../../src/hubspot/contact-properties.ts'
import { timelineV3 } from '../../src/hubspot/timeline-v3.ts'
import { aRow } from '../flows/a-row.ts'
import { serveAnswers } from '../stage/serve-answers.ts'

const events = defineEvents({ login: { properties: { method: text({ contactProperty: 'last_method' }) } } })
const rows = [aRow({ seq: 1, properties: { method: 'sso' } })]
const both = [...rows, aRow({ seq: 2, eventId: 'e2', person: { subject: 'grace', email: 'grace@example.com' }, properties: { method: 'sso' } })]

async function send(kind: 'timeline' | 'contact', status: number, body: unknown, sent = rows) {
  const hubspot = await serveAnswers(() => ({ status, body: typeof body === 'string' ? body : JSON.stringify(body) }))
  const endpoint = { baseUrl: hubspot.url, fetch, timeoutMs: 2_000 }
  const settings = { path: '', batchSize: 100, propertiesPath: '' }
  const contactWrites = { read: async () => [], note: async () => {} }
  const target = kind === 'timeline' ? timelineV3({ endpoint, events, settings, template: async () => ({ id: '1' }), isRecent: () => true }) : contactProperties({ endpoint, events, settings, contactWrites })
  return target.send(sent, 'token')
}

const error = (category: string) => ({ status: 'COMPLETE', results: [], numErrors: 1, errors: [{ status: 'error', category, message: 'it was not taken' }] })

describe('what HubSpot says of its own trouble, or not at all, blames no event', () => {
  it.each([
    ['timeline', 'an empty 207', 207, '', 'HUBSPOT_ANSWER_UNREADABLE'],
    ['timeline', 'a page', 207, '<html>', 'HUBSPOT_ANSWER_UNREADABLE'],
    ['timeline', 'trouble of its own', 207, error('INTERNAL_ERROR'), 'HUBSPOT_UNAVAILABLE'],
    ['timeline', 'a limit', 207, error('RATE_LIMITS'), 'HUBSPOT_UNAVAILABLE'],
    ['contact', 'an empty 207', 207, '', 'HUBSPOT_ANSWER_UNREADABLE'],
    ['contact', 'trouble of its own', 207, error('INTERNAL_ERROR'), 'HUBSPOT_UNAVAILABLE'],
  ] as const)('%s: %s: all are tried again, and none is asked about alone', async (kind, _, status, body, code) => {
    expect(await send(kind, status, body, both)).toMatchObject({ kind: 'whole', outcome: { kind: 'retry', code } })
  })

  it.each([
    ['timeline', 'results without ids', 201, { results: [{ eventTemplateId: '1' }] }, 'HUBSPOT_ANSWER_UNREADABLE'],
    ['contact', 'a race, among others', 207, error('CONFLICT'), 'HUBSPOT_UNAVAILABLE'],
    ['contact', 'a race', 409, { status: 'error', message: 'Contact already exists. Existing ID: 51' }, 'HUBSPOT_UNAVAILABLE'],
  ] as const)('%s: %s: an event that is alone is tried again', async (kind, _, status, body, code) => {
    expect(await send(kind, status, body)).toMatchObject({ kind: 'each', outcomes: [{ kind: 'retry', code }] })
  })
})

it.each(['timeline', 'contact'] as const)('%s: an event that this process does not know waits for one that does, and the others are asked for', async (kind) => {
  const unknown = aRow({ seq: 2, name: 'of a newer version' })
  const waits = { kind: 'retry', code: 'EVENT_TYPE_MISSING', detail: expect.stringContaining('no definition') }
  expect(await send(kind, 500, '', [unknown])).toEqual({ kind: 'each', outcomes: [waits] })
  expect(await send(kind, 500, '', [...rows, unknown])).toEqual({ kind: 'each', outcomes: [undefined, waits] })
})

it.each(['timeline', 'contact'] as const)('%s: so does an event with a property that this process does not know', async (kind) => {
  const unknown = aRow({ seq: 2, properties: { method: 'sso', plan: 'paid' } })
  const waits = { kind: 'retry', code: 'EVENT_TYPE_MISSING', detail: expect.stringContaining("no definition of the property 'plan'") }
  expect(await send(kind, 500, '', [...rows, unknown])).toEqual({ kind: 'each', outcomes: [undefined, waits] })
})

it.each(['timeline', 'contact'] as const)('%s: an event that HubSpot blames is dead', async (kind) => {
  const outcome = { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: 'it was not taken' }
  expect(await send(kind, 207, error('VALIDATION_ERROR'))).toMatchObject({ kind: 'each', outcomes: [outcome] })
})

it('of several contacts, a race says nothing: each is asked about again', async () => {
  expect(await send('contact', 409, {}, both)).toMatchObject({ kind: 'each', outcomes: [undefined, undefined] })
})
