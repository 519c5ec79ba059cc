import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventDefinitions } from '@trackline/shared'
import { startEmulator } from '@trackline/emulator'
import type { Emulator } from '@trackline/emulator'
import { templatesApi } from '../../src/hubspot/definitions/templates-api.ts'
import { toEventType } from '../../src/hubspot/definitions/to-event-type.ts'
import { timelineV3 } from '../../src/hubspot/timeline-v3.ts'
import type { Row } from '../../src/outbox/event.ts'
import { events } from '../stage/events.ts'
import type { TimelineEvent } from '../stage/client.ts'
import { serveAnswers } from '../stage/serve-answers.ts'
import type { Served } from '../stage/serve-answers.ts'

const NOW = Date.UTC(2026, 10, 22, 9)
const SETTINGS = { path: '/integrators/timeline/v3', batchSize: 100 }
const DELIVERED = { kind: 'delivered' }
const templates = new Map<string, { id: string }>()
let emulator: Emulator
let accessToken = ''

beforeAll(async () => {
  emulator = await startEmulator()
  accessToken = (await ask<{ access_token: string }>('/_emulator/token?portal=62515')).access_token
  const api = templatesApi(endpointOf(emulator.url), { appId: 1, access: { developerKey: 'trackline-dev-key' } })
  for (const name of ['login', 'profile_changed'] as const) await api.create(toEventType(name, events[name]))
  for (const { name, id } of await api.list()) templates.set(name, { id })
})
afterAll(() => emulator.close())

async function ask<Answer>(path: string): Promise<Answer> {
  return JSON.parse(await (await fetch(emulator.url + path)).text())
}

function endpointOf(baseUrl: string, timeoutMs = 5_000) {
  return { baseUrl, fetch, timeoutMs }
}

function target(baseUrl = emulator.url, definitions: EventDefinitions = events, timeoutMs = 5_000) {
  const template = async (name: string) => templates.get(definitions[name]?.label ?? '')
  return timelineV3({ endpoint: endpointOf(baseUrl, timeoutMs), events: definitions, template, isRecent: () => true, settings: SETTINGS })
}

let seq = 0
function row(changes: Partial<Row> = {}): Row {
  seq += 1
  return {
    seq,
    account: 62515,
    site: 'main',
    target: 'timeline-v3',
    eventId: `event-${seq}`,
    messageId: `m${seq}`,
    name: 'profile_changed',
    person: { subject: 'ada', email: `person${seq}@example.com` },
    properties: {},
    occurredAt: NOW,
    receivedAt: NOW,
    dueAt: NOW,
    attempt: 1,
    abandoned: 0,
    ...changes,
  }
}

async function stored({ eventId }: Row): Promise<TimelineEvent | undefined> {
  return (await ask<TimelineEvent[]>('/_emulator/events')).find(({ id }) => id === eventId)
}

describe('what HubSpot keeps of an event', () => {
  it('a batch that HubSpot takes is delivered, each event on its own contact', async () => {
    const rows = [row(), row(), row()]
    expect(await target().send(rows, accessToken)).toMatchObject({ kind: 'each', outcomes: [DELIVERED, DELIVERED, DELIVERED] })
    for (const each of rows) expect(await stored(each)).toMatchObject({ email: each.person.email })
  })

  it('every kind of value arrives as text, and one that is absent as an empty one', async () => {
    const sent = row({ properties: { field: 'name', amount: -0.5, confirmed: false, since: NOW, plan: 'paid' } })
    await target().send([sent], accessToken)
    expect((await stored(sent))?.tokens).toEqual({
      field: 'name',
      value: '',
      amount: '-0.5',
      confirmed: 'false',
      since: String(NOW),
      plan: 'paid',
    })
  })

  it('the moment is that of the event, to the millisecond', async () => {
    const sent = row({ occurredAt: NOW - 86_400_001 })
    await target().send([sent], accessToken)
    expect((await stored(sent))?.timestamp).toBe('2026-11-21T08:59:59.999Z')
  })

  it('extraData arrives whole and is shown in the detail view', async () => {
    const sent = row({ properties: { value: 'x' }, extraData: { notes: ['one', 'two'] } })
    await target().send([sent], accessToken)
    expect(await stored(sent)).toMatchObject({ extraData: { notes: ['one', 'two'] }, detail: expect.stringContaining('one two') })
  })

  it('a link that a visitor typed is no link', async () => {
    const sent = row({
      properties: { field: '[free money](https://evil.example)', value: '![x](https://evil.example/x.png) [a](b) [c](d)' },
    })
    await target().send([sent], accessToken)
    const event = await ask<{ id: string; headerHtml: string; detailHtml: string }[]>('/_emulator/events')
    const shown = event.find(({ id }) => id === sent.eventId)
    expect(`${shown?.headerHtml}${shown?.detailHtml}`).not.toMatch(/<a |<img /)
    expect(shown?.headerHtml).toContain('free money')
  })

  it('the same event sent again is stored once', async () => {
    const sent = row()
    await target().send([sent], accessToken)
    expect(await target().send([sent], accessToken)).toMatchObject({ kind: 'each', outcomes: [DELIVERED] })
    const all = await ask<TimelineEvent[]>('/_emulator/events')
    expect(all.filter(({ id }) => id === sent.eventId)).toHaveLength(1)
  })
})

describe('an answer that is not for all', () => {
  it('207: those named are delivered, and those that HubSpot names as invalid are dead with its reason, however many', async () => {
    const wrong = (email: string) => row({ person: { subject: 'ada', email } })
    const because = (email: string) => ({ kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: expect.stringContaining(`"${email}" is not a valid email`) })
    const outcomes = [DELIVERED, because('one'), DELIVERED, because('another')]
    expect(await target().send([row(), wrong('one'), row(), wrong('another')], accessToken)).toMatchObject({ kind: 'each', outcomes })
    expect(await target().send([wrong('alone')], accessToken)).toMatchObject({ kind: 'each', outcomes: [because('alone')] })
  })

  it('an event without a template waits for it and is not sent; the others are not held up', async () => {
    const without = row({ name: 'login' })
    const definitions = { ...events, login: { ...events.login, label: 'Not in HubSpot' } }
    const delivery = await target(emulator.url, definitions).send([row(), without], accessToken)
    expect(delivery).toMatchObject({ kind: 'each', outcomes: [undefined, { kind: 'retry', code: 'EVENT_TYPE_MISSING' }] })
    expect(await stored(without)).toBeUndefined()
  })

  it('a batch whose templates could not be looked up waits as a whole, in its order, and says why', async () => {
    const failing = timelineV3({
      endpoint: endpointOf(emulator.url),
      events,
      settings: SETTINGS,
      isRecent: () => true,
      template: () => Promise.reject(new Error('HubSpot would not list the event templates: down')),
    })
    expect(await failing.send([row({ name: 'login' }), row()], accessToken)).toMatchObject({
      kind: 'whole',
      outcome: { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail: 'HubSpot would not list the event templates: down' },
    })
  })

  it('a refusal that an old list of templates may be the cause of counts when it is the second', async () => {
    const doubting = timelineV3({ endpoint: endpointOf(emulator.url), events, settings: SETTINGS, isRecent: () => false, template: async () => templates.get('Profile changed') })
    const wrong = { person: { subject: 'ada', email: 'no address' } }
    expect(await doubting.send([row(wrong), row()], accessToken)).toMatchObject({ outcomes: [{ kind: 'retry', code: 'HUBSPOT_REJECTED_EVENT' }, DELIVERED] })
    expect(await doubting.send([row({ ...wrong, attempt: 2 })], accessToken)).toMatchObject({ outcomes: [{ kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT' }] })
  })

  it('a token that HubSpot does not know is told apart from a refusal', async () => {
    expect(await target().send([row()], 'stale')).toMatchObject({ kind: 'token-refused' })
  })
})

describe('an answer that the emulator would not give', () => {
  async function answered(served: Served, rows = [row(), row()], timeoutMs = 5_000) {
    const { url } = await serveAnswers(() => served)
    return target(url, events, timeoutMs).send(rows, accessToken)
  }
  const UNREADABLE = { kind: 'retry', code: 'HUBSPOT_ANSWER_UNREADABLE', detail: expect.any(String) }
  const INVALID = { category: 'VALIDATION_ERROR', message: 'bad' }
  const GONE = { category: 'OBJECT_NOT_FOUND', message: 'gone' }
  const results = (...names: string[]) => JSON.stringify({ status: 'COMPLETE', results: names.map((id) => ({ id })) })

  it.each([
    ['200 with nothing', { status: 200, body: '' }],
    ['201 with an empty list', { status: 201, body: results() }],
    ['201 with a page', { status: 201, body: '<html>' }],
    ['200 that is no object', { status: 200, body: '"fine"' }],
    ['201 with results that are no objects', { status: 201, body: '{"results":[null,1,"x"]}' }],
  ])('%s is not believed', async (_, served) => {
    expect(await answered(served)).toMatchObject({ kind: 'each', outcomes: [UNREADABLE, UNREADABLE] })
  })

  it('201 that names some is believed of those; the others are asked for again', async () => {
    const rows = [row(), row()]
    expect(await answered({ status: 201, body: results(rows[1]?.eventId ?? '') }, rows)).toMatchObject({
      kind: 'each',
      outcomes: [undefined, DELIVERED],
    })
  })

  it.each([
    ['names no event', [{ ...INVALID, context: {} }]],
    ['names another event', [{ ...INVALID, context: { ids: ['another'] } }]],
    ['names it otherwise', [{ ...INVALID, context: { ids: 'e1' } }]],
    ['does not find something', [{ ...GONE, context: { ids: ['e1'] } }]],
    ['does not find something, and then finds the event invalid', [{ ...GONE, context: { ids: ['e1'] } }, { ...INVALID, context: { ids: ['e1'] } }]],
    ['says nothing', [null]],
    ['is of an event that is delivered', [{ ...INVALID, context: { ids: ['e2'] } }]],
  ])('207 with an error that %s: the event is asked for again', async (_, errors) => {
    const rows = [row({ eventId: 'e1' }), row({ eventId: 'e2' })]
    const body = JSON.stringify({ results: [{ id: 'e2' }], errors })
    expect(await answered({ status: 207, body }, rows)).toMatchObject({ kind: 'each', outcomes: [undefined, DELIVERED] })
  })

  it('207 to one alone: the error that names it counts, else the first', async () => {
    const alone = [row({ eventId: 'e1' })]
    const outcomeOf = async (...errors: object[]) => answered({ status: 207, body: JSON.stringify({ results: [], errors }) }, alone)
    const named = { ...INVALID, context: { ids: ['e1'] } }
    expect(await outcomeOf(GONE, named)).toMatchObject({ outcomes: [{ kind: 'dead', detail: 'bad' }] })
    expect(await outcomeOf(GONE, INVALID)).toMatchObject({ outcomes: [{ kind: 'retry', code: 'EVENT_TYPE_MISSING', detail: 'gone' }] })
  })

  it.each([
    [
      '429 with Retry-After',
      { status: 429, headers: { 'retry-after': '4' } },
      { kind: 'snooze', forMs: 4_000, code: 'HUBSPOT_RATE_LIMITED' },
    ],
    ['400', { status: 400, body: '{"message":"no"}' }, { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: 'no' }],
    ['a connection that is cut', 'cut' as const, { kind: 'retry', code: 'HUBSPOT_UNREACHABLE' }],
    [
      'a redirect, which could take the token elsewhere',
      { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
      { kind: 'retry', code: 'HUBSPOT_UNREACHABLE' },
    ],
  ])("%s is the whole batch's", async (_, served, outcome) => {
    expect(await answered(served)).toMatchObject({ kind: 'whole', outcome })
  })

  it('no answer in time is a retry', async () => {
    expect(await answered('never', [row()], 50)).toMatchObject({
      kind: 'whole',
      outcome: { kind: 'retry', code: 'HUBSPOT_UNREACHABLE' },
    })
  })

  it('the request carries the token, and asks for a batch', async () => {
    const { url, asked } = await serveAnswers(() => ({ status: 201, body: '{}' }))
    await target(url).send([row()], 'the token')
    expect(asked).toMatchObject([
      {
        method: 'POST',
        path: '/integrators/timeline/v3/events/batch/create',
        headers: { authorization: 'Bearer the token', 'content-type': 'application/json' },
      },
    ])
  })
})
