import { afterAll, describe, expect, it } from 'vitest'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { expectProblem } from '../stage/client.ts'
import { PORTAL, startStack } from '../stage/start-stack.ts'

const NOW = Date.UTC(2026, 10, 22, 9)
const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

const server = generateServerKey()
const stack = await startStack({ isConnected: false, site: { serverKeys: [server.digest] }, world: { now: () => new Date(NOW) } })
afterAll(stack.close)

let messages = 0
/** When the proxy takes an event to have happened. */
async function occurredAt(message: object, envelope: object = {}): Promise<number | undefined> {
  const messageId = `m${++messages}`
  const reply = await stack.post('/v1/batch', {
    batch: [{ event: 'login', properties: { method: 'sso' }, messageId, ...message }],
    ...envelope,
  })
  expect(reply.status).toBe(202)
  const [row] = await stack.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId })
  expect(row?.receivedAt).toBe(NOW)
  return row?.occurredAt
}

describe('when an event happened', () => {
  it.each([
    ['nothing is said', {}, NOW],
    ['null is said', { timestamp: null }, NOW],
    ['milliseconds', { timestamp: NOW - 5 * SECOND }, NOW - 5 * SECOND],
    ['ISO 8601', { timestamp: '2026-11-22T08:59:30.250Z' }, NOW - 29_750],
    ['ISO 8601 in another zone', { timestamp: '2026-11-22T10:59:00+02:00' }, NOW - MINUTE],
    ['a day alone, which is its midnight in UTC', { timestamp: '2026-11-21' }, NOW - DAY - 9 * 60 * MINUTE],
  ])('%s', async (_, message, expected) => {
    expect(await occurredAt(message)).toBe(expected)
  })

  it.each([
    ['7 days ago is taken as it is', -7 * DAY, -7 * DAY],
    ['longer ago is 7 days ago', -7 * DAY - 1, -7 * DAY],
    ['1970 is 7 days ago', -NOW, -7 * DAY],
    ['5 minutes ahead is taken as it is', 5 * MINUTE, 5 * MINUTE],
    ['further ahead is 5 minutes ahead', 5 * MINUTE + 1, 5 * MINUTE],
    ['years ahead is 5 minutes ahead', 900 * DAY, 5 * MINUTE],
  ])('%s', async (_, said, taken) => {
    expect(await occurredAt({ timestamp: NOW + said })).toBe(NOW + taken)
  })

  it.each([
    ['years ago is taken as it is', NOW - 900 * DAY, NOW - 900 * DAY],
    ['before 1970 is 1970', -DAY, 0],
    ['further ahead is 5 minutes ahead', NOW + DAY, NOW + 5 * MINUTE],
  ])('where a server tells it, %s', async (messageId, timestamp, taken) => {
    const body = { event: 'login', userId: '42', messageId, timestamp, properties: { method: 'sso' } }
    expect((await stack.post('/v1/track', body, { token: server.key })).status).toBe(202)
    expect((await stack.server.parts.store.findRows({ messageId }))[0]?.occurredAt).toBe(taken)
  })

  it.each([
    ['a clock that is an hour slow', -60 * MINUTE],
    ['a clock that is a day fast', DAY],
    ['a clock that is right', 0],
    ['a clock that stands in 1970', -NOW],
  ])('%s is corrected by sentAt', async (_, skew) => {
    const message = { timestamp: NOW + skew - 10 * SECOND }
    expect(await occurredAt(message, { sentAt: new Date(NOW + skew).toISOString() })).toBe(NOW - 10 * SECOND)
    expect(await occurredAt(message, { sentAt: NOW + skew })).toBe(NOW - 10 * SECOND)
  })

  it('sentAt says nothing of an event without a timestamp', async () => {
    expect(await occurredAt({}, { sentAt: NOW - DAY })).toBe(NOW)
  })

  it("a single message may carry its own sentAt, as Segment's clients send it", async () => {
    const body = {
      event: 'login',
      properties: { method: 'sso' },
      messageId: 'single',
      timestamp: NOW + DAY - SECOND,
      sentAt: NOW + DAY,
    }
    expect((await stack.post('/v1/track', body)).status).toBe(202)
    expect(
      (await stack.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId: 'single' }))[0]?.occurredAt,
    ).toBe(NOW - SECOND)
  })

  it.each(['soon', {}, '2026-11-22 10:00', true])('a sentAt of %o refuses the request, and stores nothing', async (sentAt) => {
    const before = await stack.audit()
    expectProblem(
      await stack.post('/v1/batch', { batch: [{ event: 'login', properties: { method: 'sso' } }], sentAt }),
      'MESSAGE_INVALID',
      /sentAt must be ISO 8601/,
    )
    expect(await stack.audit()).toEqual(before)
  })
})
