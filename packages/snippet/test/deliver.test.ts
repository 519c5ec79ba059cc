import { describe, expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import { makeToken } from './stage/make-token.ts'
import type { Answer } from './stage/open-endpoint.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

const MAX_BODY_BYTES = 65_536
const EXPIRED: Answer = { status: 401, body: { code: 'SESSION_EXPIRED' } }
const scene = begin()

describe('a request', () => {
  it('carries id and moments of its events, and asks CORS for no header but authorization and content-type', async () => {
    const { stage, page } = scene
    stage.endpoint.preflights.length = 0
    await stage.visitWithModule(page)
    await page.evaluate(() => window.tracker.track('login', { method: 'sso' }, { extraData: { device: ['phone'] } }))
    const { body, headers } = stage.endpoint.requests[0]!
    const [message] = body!.batch
    expect(message).toMatchObject({ event: 'login', properties: { method: 'sso' }, extraData: { device: ['phone'] } })
    expect(message!.messageId).toMatch(/^[\d.e-]{21,45}$/)
    expect(body!.sentAt).toBeGreaterThanOrEqual(Number(message!.timestamp))
    expect(headers['content-type']).toBe('application/json')
    expect(stage.endpoint.preflights).toEqual(['authorization,content-type'])
  })

  it('takes the caller\'s own id and moment', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    const options = { messageId: 'order-1', timestamp: '2026-11-22T10:00:00Z' }
    await page.evaluate((options) => window.tracker.track('login', {}, options), options)
    expect(stage.endpoint.messages()[0]).toMatchObject(options)
    expect(await page.evaluate((options) => window.tracker.track('login', {}, options), options), 'a duplicate is accepted')
      .toBe('accepted')
  })

  it('carries all events of one turn of the event loop', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => Promise.all(['a', 'b', 'c'].map((name) => window.tracker.track(name))))
    expect(stage.endpoint.requests.map(({ body }) => body!.batch.map(({ event }) => event))).toEqual([['a', 'b', 'c']])
  })

  it('has at most 100 events, in the order they were raised', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => Promise.all(Array.from({ length: 250 }, (_, n) => window.tracker.track('counted', { n }))))
    expect(stage.endpoint.requests.map(({ body }) => body!.batch.length)).toEqual([100, 100, 50])
    const numbers = stage.endpoint.messages().map(({ properties }) => Number(properties!.n))
    expect(numbers).toEqual(numbers.map((_, n) => n))
  })

  it('has at most 64 KiB, counted in bytes of UTF-8', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => {
      const texts = Array.from({ length: 40 }, (_, n) => 'é€😀'.repeat(100 + n * 7))
      return Promise.all(texts.map((text) => window.tracker.track('long', { text })))
    })
    expect(stage.endpoint.messages()).toHaveLength(40)
    const sizes = stage.endpoint.requests.map(({ bodyBytes }) => bodyBytes)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BODY_BYTES)
    expect(Math.min(...sizes.slice(0, -1)), 'and fills them').toBeGreaterThan(MAX_BODY_BYTES - 9 * 400)
  })

  it('is filled to the last byte by the largest event, and one byte more is refused at once', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => window.tracker.track('e', { text: '' }, { messageId: '1', timestamp: 1e12 }))
    const left = MAX_BODY_BYTES - stage.endpoint.requests[0]!.bodyBytes
    const send = (length: number) =>
      page.evaluate(
        (length) => window.tracker.track('e', { text: 'x'.repeat(length) }, { messageId: '2', timestamp: 1e12 }),
        length,
      )
    expect(await send(left)).toBe('accepted')
    expect(stage.endpoint.requests[1]!.bodyBytes).toBe(MAX_BODY_BYTES)
    expect(await send(left + 1)).toBe('rejected')
    expect(await page.evaluate(() => window.failures))
      .toMatchObject([{ code: 'invalid', message: 65_502, outcome: 'rejected' }])
    expect(stage.endpoint.requests).toHaveLength(2)
  })
})

describe('an answer', () => {
  it('that rejects one event leaves its neighbours accepted, and onError hears why', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ reject: ['logn'] })
    await stage.visitWithModule(page)
    const outcomes = await page.evaluate(() => Promise.all(['login', 'logn', 'logout'].map((name) => window.tracker.track(name))))
    expect(outcomes).toEqual(['accepted', 'rejected', 'accepted'])
    expect(await page.evaluate(() => window.failures))
      .toMatchObject([{ event: 'logn', code: 'EVENT_UNKNOWN', message: "unknown: 'logn'" }])
  })

  it('422 with results rejects each event for its own reason', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ reject: ['a', 'b'] })
    await stage.visitWithModule(page)
    expect(await page.evaluate(() => Promise.all([window.tracker.track('a'), window.tracker.track('b')])))
      .toEqual(['rejected', 'rejected'])
    expect(stage.endpoint.requests.map(({ status }) => status)).toEqual([422])
  })

  const passing: Record<string, Answer> = {
    'a dropped connection': { drop: true },
    408: { status: 408 },
    429: { status: 429 },
    500: { status: 500 },
    503: { status: 503 },
    '200 with a captive portal\'s page': { status: 200, body: '<html>Welcome to the hotel</html>' },
    '202 that says nothing of the events': { status: 202, body: { results: [] } },
    '202 with null': { status: 202, body: 'null' },
  }
  for (const [name, answer] of Object.entries(passing)) {
    it(`${name}: the event is sent again by itself, with the same id, and accepted`, async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => (stage.endpoint.requests.length ? undefined : answer)
      await stage.visitWithModule(page)
      expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
      const ids = stage.endpoint.requests.map(({ body }) => body!.batch[0]!.messageId)
      expect(ids).toEqual([ids[0], ids[0]])
    })
  }

  for (const nothing of [undefined, null]) {
    it(`that passes, to an event with a messageId of ${nothing}: it is sent again with the same id`, async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => (stage.endpoint.requests.length ? undefined : { status: 503 })
      await stage.visitWithModule(page)
      const given = { messageId: nothing } as unknown as { messageId: string }
      expect(await page.evaluate((given) => window.tracker.track('login', {}, given), given)).toBe('accepted')
      const [first, second] = stage.endpoint.requests.map(({ body }) => body!.batch[0]!)
      expect(first).toMatchObject({ messageId: expect.any(String) })
      expect(second).toEqual(first)
    })
  }

  it('of the session may be the response of a fetch', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => {
      window.session = () => fetch('/session-token') as never
    })
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
    expect(stage.endpoint.messages()).toMatchObject([{ event: 'login' }])
  })

  for (const status of [403, 404, 410]) {
    it(`${status} rejects the event for good, and onError hears the proxy's words`, async () => {
      const { stage, page } = scene
      stage.endpoint.script = () => ({ status, body: { code: 'NOT_HERE', detail: 'no such site' } })
      await stage.visitWithModule(page)
      expect(await page.evaluate(() => window.tracker.track('login'))).toBe('rejected')
      expect(await page.evaluate(() => window.failures))
        .toMatchObject([{ event: 'login', code: 'NOT_HERE', detail: 'no such site' }])
      expect(stage.endpoint.requests).toHaveLength(1)
    })
  }

  it('413 halves the batch until it fits; an event refused alone is rejected', async () => {
    const { stage, page } = scene
    stage.endpoint.script = ({ bodyBytes }) => (bodyBytes > 2_000 ? { status: 413, body: { code: 'BODY_TOO_LARGE' } } : undefined)
    await stage.visitWithModule(page)
    const outcomes = await page.evaluate(() => {
      const texts = [3, 500, 400, 3_000, 300, 200].map((length) => 'x'.repeat(length))
      return Promise.all(texts.map((text) => window.tracker.track('sized', { text })))
    })
    expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'rejected', 'accepted', 'accepted'])
    expect(await page.evaluate(() => window.failures)).toMatchObject([{ code: 'BODY_TOO_LARGE' }])
  })

  it('400 for a whole batch is narrowed down to the one event it is about', async () => {
    const { stage, page } = scene
    stage.endpoint.script = ({ body }) => (body!.batch.some(({ event }) => event === 'poison') ? { status: 400 } : undefined)
    await stage.visitWithModule(page)
    const names = ['a', 'b', 'c', 'poison', 'd', 'e', 'f', 'g']
    const outcomes = await page.evaluate((names) => Promise.all(names.map((name) => window.tracker.track(name))), names)
    expect(outcomes).toEqual(names.map((name) => (name === 'poison' ? 'rejected' : 'accepted')))
  })
})

describe('the session', () => {
  it('expired: the token is asked for anew, once, and the event goes with the new one', async () => {
    const { stage, page } = scene
    const old = makeToken('ada')
    stage.endpoint.script = ({ authorization }) => (authorization === `Bearer ${old}` ? EXPIRED : undefined)
    await stage.visitWithModule(page)
    await page.evaluate((old) => {
      window.asked = []
      window.session = (refresh) => {
        window.asked.push(refresh)
        return refresh ? window.token : old
      }
    }, old)
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
    expect(await page.evaluate(() => window.asked)).toEqual([false, true])
    expect(stage.endpoint.requests.map(({ status }) => status)).toEqual([401, 202])
  })

  it('invalid twice: the event is rejected after one retry', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ status: 401, body: { code: 'SESSION_INVALID', detail: 'the session token is not valid' } })
    await stage.visitWithModule(page)
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('rejected')
    expect(stage.endpoint.requests).toHaveLength(2)
    expect(await page.evaluate(() => window.failures)).toMatchObject([{ code: 'SESSION_INVALID' }])
  })

  it('expired, and the next answer cut before it says why: the event is kept, and goes when the session is good', async () => {
    const { stage, page } = scene
    const answers: Answer[] = [EXPIRED, { status: 401, headers: { 'content-length': '0' } }]
    stage.endpoint.script = () => answers.shift()
    await stage.visitWithModule(page)
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
    expect(stage.endpoint.requests.map(({ status }) => status)).toEqual([401, 401, 202])
  })

  it('expired again and again: the event is kept, and goes when the session is good', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => (stage.endpoint.requests.length < 4 ? EXPIRED : undefined)
    await stage.visitWithModule(page)
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
  })

  it('that throws is asked again by itself', async () => {
    const { stage, page } = scene
    await stage.visitWithModule(page)
    await page.evaluate(() => {
      let calls = 0
      window.session = () => {
        if (calls++ < 2) throw new Error('offline')
        return window.token
      }
    })
    expect(await page.evaluate(() => window.tracker.track('login'))).toBe('accepted')
  })
})
