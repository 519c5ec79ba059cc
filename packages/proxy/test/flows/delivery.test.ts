import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

/** The whole way: the real server delivers to the real emulator, which fails as told. */
const stack = await startStack({ config: { hubspot: { timeoutMs: 500 } } })
afterAll(stack.close)

let person = 0
let token = ''
let email = ''
beforeEach(async () => {
  await stack.emulated('/_emulator/faults', 'DELETE')
  email = `person${++person}@example.com`
  token = await stack.mint({ sub: `person${person}`, email })
})

const login = (messageId: string) => ({ event: 'login', messageId, properties: { method: 'sso' } })
const statusOf = async (messageId: string) =>
  (await stack.send(`/v1/events/${messageId}`, { headers: { authorization: `Bearer ${token}` } })).json

describe('an event that was answered with 202', () => {
  it("is on the contact's timeline, once, as it happened", async () => {
    const timestamp = new Date(Date.now() - 3_600_000).toISOString()
    await stack.track({ ...login('once'), timestamp }, { token })
    const [event] = await stack.delivered(email, 1)
    expect(event).toMatchObject({
      email,
      timestamp,
      header: 'Logged in with sso',
      writes: 1,
      tokens: { method: 'sso', logins: '1' },
    })
  })

  it.each([
    ['a 500', { status: 500 }],
    ['a 503 with Retry-After', { status: 503, retryAfterSeconds: 0 }],
    ['a 429 with Retry-After', { status: 429, retryAfterSeconds: 0 }],
    ['a connection that is cut before the event is read', { drop: true }],
    ['a connection that is cut after it was stored', { resetAfterAccept: true }],
    ['an answer that comes too late', { delayMs: 1_500 }],
    ['a token that HubSpot does not take any more', { status: 401 }],
  ])('survives %s, and is on the timeline once', async (_, fault) => {
    await stack.fail({ next: 2, ...fault })
    await stack.track(login('m'), { token })
    expect(await stack.delivered(email, 1)).toHaveLength(1)
    await until('it is settled', async () => (await statusOf('m')).state === 'delivered')
    expect(await stack.timelineOf(email)).toHaveLength(1)
  })

  it("that HubSpot refuses for what it holds is dead with HubSpot's reason, and the next one is delivered", async () => {
    await stack.fail({ next: 1, status: 400 })
    await stack.track(login('refused'), { token })
    await until('it is dead', async () => (await statusOf('refused')).state === 'dead')
    const { deliveries } = await statusOf('refused')
    expect(deliveries).toMatchObject([{ code: 'HUBSPOT_REJECTED_EVENT', detail: expect.stringContaining('Invalid input') }])
    await stack.track(login('next'), { token })
    await stack.delivered(email, 1)
  })

  it('says while it waits what HubSpot said and when it will be tried again', async () => {
    await stack.fail({ next: 1, status: 429, retryAfterSeconds: 60, policyName: 'DAILY' })
    await stack.track(login('waits'), { token })
    await until('it has been tried', async () => JSON.stringify(await statusOf('waits')).includes('HUBSPOT_DAILY_LIMIT'))
    const { deliveries, state, attempts } = await statusOf('waits')
    expect({ state, attempts }).toEqual({ state: 'due', attempts: 0 })
    const [delivery] = deliveries as { nextAttemptAt: string }[] // The line before has shown that there is one.
    expect(Date.parse(delivery?.nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(30_000)
  })
})
