import { expect, it } from 'vitest'
import { createTargets } from '../../src/hubspot/targets.ts'
import type { Delivery } from '../../src/hubspot/target.ts'
import { TARGETS } from '../../src/outbox/event.ts'
import type { Row, TargetName } from '../../src/outbox/event.ts'
import { aRow } from '../flows/a-row.ts'
import { sqliteStores } from '../store/open-sqlite.ts'
import { serveAnswers } from '../stage/serve-answers.ts'
import type { Served } from '../stage/serve-answers.ts'
import { defineEvents, text } from '@trackline/shared'
import { TARGET_SETTINGS } from './target-settings.ts'

const open = sqliteStores()
const events = defineEvents({ login: { properties: { method: text({ contactProperty: 'login_method' }) } } })
const ROW = aRow({ properties: { method: 'sso' } })
const OTHER = aRow({ seq: 2, eventId: 'e2', messageId: 'm2', person: { subject: 'grace', email: 'grace@example.com' }, properties: { method: 'sso' } })

async function answered(target: TargetName, answer: Served, rows: Row[]): Promise<Delivery> {
  const { url } = await serveAnswers(() => answer)
  const endpoint = { baseUrl: url, fetch, timeoutMs: 5_000 }
  const { store } = await open()
  const contactWrites = { read: store.readContactWrites, note: store.noteContactWrites }
  const options = { endpoint, events, contactWrites, appId: 1, templateAccess: 'developer-key', ids: { login: '7' }, targets: TARGET_SETTINGS, now: () => new Date() } as const
  return createTargets(options)[target].send(rows, 'token')
}

/** What one event's answer means: `delivered`, or the code of what it is instead; `alone`: sent again without the others. */
function readOne(delivery: Delivery): string {
  if (delivery.kind === 'token-refused') return 'token-refused'
  const outcome = delivery.kind === 'whole' ? delivery.outcome : delivery.outcomes[0]
  if (outcome === undefined) return 'alone'
  return outcome.kind === 'delivered' ? 'delivered' : `${outcome.kind} ${outcome.code}`
}

const json = (status: number, body: unknown): Served => ({ status, body: JSON.stringify(body) })
const EMPTY_204: Served = { status: 204 }
const EMPTY_200: Served = { status: 200 }
/** What a proxy in between may answer, in HubSpot's place. */
const PAGE_200: Served = { status: 200, body: '<html>Sign in to the network</html>', headers: { 'content-type': 'text/html' } }
const IN_USE = json(400, { status: 'error', message: 'Event ID already in use, please choose a new unique ID' })
const CONFLICT = json(409, { status: 'error', category: 'CONFLICT', message: 'exists' })
const V3_DONE = { results: [{ id: 'e1' }] }
const V3_ERROR = { results: [], numErrors: 1, errors: [{ status: 'error', category: 'VALIDATION_ERROR', message: 'bad' }] }
const CONTACT = { results: [{ id: '501', properties: { email: 'ada@example.com' } }] }
const lacking = (name: string) => ({ code: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist`, context: { propertyName: [name] } })
const REJECTED = 'dead HUBSPOT_REJECTED_EVENT'
const UNREADABLE = 'retry HUBSPOT_ANSWER_UNREADABLE'

it.each<[TargetName, string, Served, string]>([
  ['timeline-v1', 'an empty 204', EMPTY_204, 'delivered'],
  ['timeline-v1', 'a 200, as some pages of HubSpot print', json(200, {}), 'delivered'],
  ['timeline-v1', 'a 201, which is not its own', json(201, {}), UNREADABLE],
  ['timeline-v1', 'an empty 200', EMPTY_200, 'delivered'],
  ['timeline-v1', '"already in use"', IN_USE, 'delivered'],
  ['timeline-v3', 'a 201 that names the event', json(201, V3_DONE), 'delivered'],
  ['timeline-v3', 'a 200 that names the event', json(200, V3_DONE), 'delivered'],
  ['timeline-v3', 'a 207 that names the event', json(207, V3_DONE), 'delivered'],
  ['timeline-v3', 'a 207 with its error', json(207, V3_ERROR), REJECTED],
  ['timeline-v3', 'an empty 201, where a body is due', { status: 201 }, UNREADABLE],
  ['timeline-v3', 'an empty 204, where a body is due', EMPTY_204, UNREADABLE],
  ['timeline-v3', 'a 201 with empty results, a silent nothing', json(201, { status: 'COMPLETE', results: [] }), UNREADABLE],
  ['app-events', 'a 200 without a body: accepted and persisted', EMPTY_200, 'delivered'],
  ['app-events', 'a 201', json(201, {}), 'delivered'],
  ['app-events', 'a 409 of one event', CONFLICT, 'delivered'],
  ['app-events', 'a 204, which is not its own', EMPTY_204, UNREADABLE],
  ['custom-events', 'an empty 204', EMPTY_204, 'delivered'],
  ['custom-events', 'a 200, which is not its own', json(200, {}), UNREADABLE],
  ['custom-events', 'a 409, whose contact somebody else was making', CONFLICT, 'retry HUBSPOT_UNAVAILABLE'],
  ['contact-properties', 'a 200', json(200, CONTACT), 'delivered'],
  ['contact-properties', 'an empty 200, where a body is due', EMPTY_200, UNREADABLE],
  ['contact-properties', 'a 200 with empty results', json(200, { results: [] }), UNREADABLE],
  ['contact-properties', 'a 207 that names the contact', json(207, CONTACT), 'delivered'],
  ['contact-properties', 'a 207 without the contact', json(207, { results: [], errors: [{ message: 'bad' }] }), REJECTED],
  ['contact-properties', 'a 207 for want of a property', json(207, { results: [], errors: [{ errors: [lacking('login_method')] }] }), 'retry EVENT_TYPE_MISSING'],
  ['contact-properties', 'a 400 for want of a property', json(400, { errors: [lacking('login_method')] }), 'retry EVENT_TYPE_MISSING'],
  ['contact-properties', 'a 400 for want of a property that it does not set', json(400, { errors: [lacking('other')] }), REJECTED],
  ...TARGETS.flatMap((target): [TargetName, string, Served, string][] => [
    [target, 'a page in the place of an answer', PAGE_200, UNREADABLE],
    [target, 'a 400', json(400, { message: 'bad' }), REJECTED],
    [target, 'a 401', json(401, { category: 'EXPIRED_AUTHENTICATION' }), 'token-refused'],
    [target, 'a 500', json(500, {}), 'retry HUBSPOT_UNAVAILABLE'],
    [target, 'a cut connection', 'cut', 'retry HUBSPOT_UNREACHABLE'],
  ]),
])('%s takes %s for what it is', async (target, _, answer, meaning) => {
  expect(readOne(await answered(target, answer, [ROW]))).toBe(meaning)
})

it.each<[TargetName, string, Served]>([
  ['timeline-v1', '"already in use"', IN_USE],
  ['app-events', 'a 409', CONFLICT],
])('%s: %s of a batch says nothing of each event: the batch is halved', async (target, _, answer) => {
  expect(readOne(await answered(target, answer, [ROW, OTHER]))).toBe(REJECTED)
})

it.each<[TargetName, Served]>([
  ['timeline-v3', json(207, { results: [{ id: 'e2' }], errors: [{ message: 'bad' }] })],
  ['contact-properties', json(207, { results: [{ properties: { email: 'grace@example.com' } }] })],
])('%s: an event that a 207 leaves out is sent again without the others', async (target, answer) => {
  expect(readOne(await answered(target, answer, [ROW, OTHER]))).toBe('alone')
})
