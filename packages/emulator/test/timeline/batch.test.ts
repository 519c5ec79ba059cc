import { describe, expect, it } from 'vitest'
import { loginTemplate, openAccount } from '../open-account.ts'

const BATCH = '/integrators/timeline/v3/events/batch/create'

describe('a batch', () => {
  it('answers 201 when every event was stored', async () => {
    const { post, get, token } = await withTemplate()
    const { status, json } = await post(BATCH, { inputs: [event('a'), event('b')] }, token)
    expect(status).toBe(201)
    expect(json).toMatchObject({
      status: 'COMPLETE',
      startedAt: expect.any(String),
      completedAt: expect.any(String),
      results: [{ id: 'a' }, { id: 'b' }],
    })
    expect(json).not.toHaveProperty('errors')
    expect((await get('/_emulator/events')).json).toHaveLength(2)
  })

  it('answers 207 when some were not, and stores the others', async () => {
    const { post, get, token } = await withTemplate()
    const inputs = [
      event('a'),
      { ...event('b'), tokens: { method: 'magic' } },
      { ...event('c'), eventTemplateId: '9' },
      event('d'),
    ]
    const { status, json } = await post(BATCH, { inputs }, token)
    expect(status).toBe(207)
    expect(json).toMatchObject({
      status: 'COMPLETE',
      numErrors: 2,
      results: [{ id: 'a' }, { id: 'd' }],
      errors: [
        { status: 'error', category: 'VALIDATION_ERROR', context: { ids: ['b'] }, message: expect.stringContaining('"magic"') },
        { status: 'error', category: 'OBJECT_NOT_FOUND', context: { ids: ['c'] } },
      ],
    })
    expect((await get('/_emulator/events')).json).toHaveLength(2)
  })

  it('takes 100 events and refuses 101 whole', async () => {
    const { post, get, token } = await withTemplate()
    const events = Array.from({ length: 101 }, (_, at) => event(`e-${at}`))
    const refused = await post(BATCH, { inputs: events }, token)
    expect(refused).toMatchObject({
      status: 400,
      json: { message: 'a batch may hold at most 100 events, not 101: none was stored' },
    })
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await post(BATCH, { inputs: events.slice(1) }, token)).status).toBe(201)
    expect((await get('/_emulator/events')).json).toHaveLength(100)
  })

  it('is refused whole when one event cannot be built, naming the column where that event ends', async () => {
    const { post, get, token } = await withTemplate()
    const broken = { email: 'ada@example.com', tokens: { method: '}' } }
    const body = JSON.stringify({ inputs: [event('a'), broken, event('b')] })
    const column = body.indexOf(JSON.stringify(broken)) + JSON.stringify(broken).length + 1
    const { status, json } = await post(BATCH, body, token)
    expect(status).toBe(400)
    expect(json).toMatchObject({
      message:
        `Invalid input JSON on line 1, column ${column}: Cannot build TimelineEvent, ` +
        'some of required attributes are not set [eventTemplateId]',
    })
    expect((await get('/_emulator/events')).json).toEqual([])
  })

  it.each([
    ['no list', {}, 'some of required attributes are not set [inputs]'],
    ['something else for a list', { inputs: {} }, 'Cannot deserialize "inputs" from {}'],
    ['an entry that is no object', { inputs: ['x'] }, 'Cannot build TimelineEvent from "x"'],
    ['tokens that are no object', { inputs: [{ eventTemplateId: '1001', tokens: [] }] }, 'Cannot deserialize "tokens" from []'],
    [
      'an email that is no text',
      { inputs: [{ eventTemplateId: '1001', tokens: {}, email: { at: 'x' } }] },
      'Cannot deserialize "email" from',
    ],
  ])('is refused whole for %s', async (_name, body, message) => {
    const { post, token } = await withTemplate()
    expect(await post(BATCH, body, token)).toMatchObject({ status: 400, json: { message: expect.stringContaining(message) } })
  })

  it('counts as one call against the rate limit', async () => {
    const { post, token } = await withTemplate()
    const { headers } = await post(BATCH, { inputs: [event('a'), event('b')] }, token)
    expect(headers.get('x-hubspot-ratelimit-remaining')).toBe('109')
  })

  it('stores an id that is in it twice once, written twice', async () => {
    const { post, get, token } = await withTemplate()
    expect((await post('/crm/v3/timeline/events/batch/create', { inputs: [event('a'), event('a')] }, token)).status).toBe(201)
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'a', writes: 2 }])
  })
})

function event(id: string) {
  return { id, eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' } }
}

async function withTemplate() {
  const session = await openAccount()
  await loginTemplate(session)
  return session
}
