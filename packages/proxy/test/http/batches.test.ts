import { afterAll, describe, expect, it } from 'vitest'
import { startStack, PORTAL } from '../stage/start-stack.ts'

const stack = await startStack({ isConnected: false })
afterAll(stack.close)

const login = (messageId?: string) => ({
  event: 'login',
  properties: { method: 'sso' },
  ...(messageId === undefined ? {} : { messageId }),
})
const found = (messageId: string) => stack.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId })

describe('a batch', () => {
  it('of good and bad is 202, with a result for each in the order sent, and the good ones stored', async () => {
    const before = await stack.audit()
    const reply = await stack.track([
      login('a'),
      { event: 'logn', messageId: 'b' },
      login('c'),
      login('a'),
      { event: 'login', messageId: 'd', properties: { method: 1 } },
    ])
    expect(reply.status).toBe(202)
    expect(reply.json.results).toEqual([
      { messageId: 'a', status: 'queued' },
      { messageId: 'b', status: 'rejected', error: { code: 'EVENT_UNKNOWN', message: expect.stringContaining("'logn'") } },
      { messageId: 'c', status: 'queued' },
      { messageId: 'a', status: 'duplicate' },
      { messageId: 'd', status: 'rejected', error: { code: 'PROPERTY_INVALID', message: expect.stringContaining("'method'") } },
    ])
    expect(await stack.audit()).toEqual({
      ...before,
      received: before.received + 5,
      duplicate: before.duplicate + 1,
      rejected: before.rejected + 2,
      queued: before.queued + 2,
    })
    expect([(await found('a')).length, (await found('b')).length, (await found('c')).length]).toEqual([1, 0, 1])
  })

  it("of bad ones only is 422, with the first one's code and all the results", async () => {
    const reply = await stack.track([
      { event: 'nothing', messageId: 'x' },
      { event: 'login', messageId: 'y' },
    ])
    expect(reply.status).toBe(422)
    expect(reply.headers.get('content-type')).toMatch(/problem\+json/)
    expect(reply.json).toMatchObject({ code: 'EVENT_UNKNOWN', detail: expect.stringMatching(/\(and 1 more; see "results"\)$/) })
    expect(reply.json.results?.map(({ messageId, status, error }) => [messageId, status, error?.code])).toEqual([
      ['x', 'rejected', 'EVENT_UNKNOWN'],
      ['y', 'rejected', 'PROPERTY_INVALID'],
    ])
  })

  it('of duplicates only is 202: all of it is on disk', async () => {
    await stack.track([login('again')])
    const reply = await stack.track([login('again'), login('again')])
    expect(reply.status).toBe(202)
    expect(reply.json.results?.map(({ status }) => status)).toEqual(['duplicate', 'duplicate'])
  })

  it('sent twice at the same moment stores each event once', async () => {
    const batch = Array.from({ length: 20 }, (_, index) => login(`twice ${index}`))
    const replies = await Promise.all([stack.track(batch), stack.track(batch), stack.track(batch)])
    const statuses = replies.flatMap(({ json }) => json.results ?? []).map(({ status }) => status)
    expect(statuses.filter((status) => status === 'queued')).toHaveLength(20)
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(40)
  })

  it('the same messageId of another person is another event', async () => {
    await stack.track(login('shared'))
    const reply = await stack.track(login('shared'), { token: await stack.mint({ sub: 'grace', email: 'grace@example.com' }) })
    expect(reply.json.results).toMatchObject([{ status: 'queued' }])
    const rows = await found('shared')
    expect(new Set(rows.map(({ eventId }) => eventId)).size).toBe(2)
  })
})

describe('a message without a messageId', () => {
  it('gets one of its own, by which it can be asked for', async () => {
    const reply = await stack.track([login(), login()])
    const ids = reply.json.results?.map(({ messageId }) => messageId) ?? []
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(await found(id)).toHaveLength(1)
  })

  it('null is as good as none', async () => {
    const { json } = await stack.track({ ...login(), messageId: null })
    expect(json.results).toMatchObject([{ status: 'queued', messageId: expect.stringMatching(/.+/) }])
  })

  it('is answered with its id when it is refused, so that the page can tell which', async () => {
    const { json } = await stack.track([{ event: 'logn' }, login()])
    expect(json.results?.[0]).toMatchObject({ status: 'rejected', messageId: expect.stringMatching(/.+/) })
  })
})

describe('the short paths', () => {
  it.each([
    ['/v1/b', { batch: [login('short b')] }],
    ['/v1/t', login('short t')],
  ])('%s does what its long one does', async (path, body) => {
    expect((await stack.post(path, body)).json.results).toMatchObject([{ status: 'queued' }])
    expect((await stack.post(path === '/v1/b' ? '/v1/batch' : '/v1/track', body)).json.results).toMatchObject([
      { status: 'duplicate' },
    ])
  })
})

describe('the reply', () => {
  it('says nothing but what was asked: messageId, status, error', async () => {
    const { json, headers } = await stack.track([login('plain'), { event: 'logn', messageId: 'q' }])
    expect(Object.keys(json)).toEqual(['results'])
    expect(json.results?.map((result) => Object.keys(result))).toEqual([
      ['messageId', 'status'],
      ['messageId', 'status', 'error'],
    ])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})
