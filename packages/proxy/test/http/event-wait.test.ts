import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSettleWaiters, MAX_WAITERS } from '../../src/http/settle-waiters.ts'
import { waitForEnd } from '../../src/http/wait-for-end.ts'
import type { RowStatus } from '../../src/outbox/event.ts'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const stack = await startStack()
afterAll(stack.close)
const login = (messageId: string) => ({ event: 'login', messageId, properties: { method: 'sso' } })
const bearer = async () => ({ headers: { authorization: `Bearer ${await stack.mint()}` } })
const ask = async (messageId: string, wait: string) => stack.send(`/v1/events/${messageId}?wait=${wait}`, await bearer())

describe('whoever asks what became of an event with ?wait=', () => {
  it('is answered when it is delivered', async () => {
    await stack.fail({ next: 1, delayMs: 600 })
    await stack.track(login('slow'))
    const audit = await stack.audit()
    expect(audit.delivered).toBe(0)
    const reply = await ask('slow', '30s')
    expect(reply.json).toMatchObject({ messageId: 'slow', state: 'delivered', attempts: 1 })
  })

  it('is told what is true when the time is over', async () => {
    const away = await startStack({ isConnected: false })
    onTestFinished(away.close)
    await away.track(login('waits'))
    const reply = await away.send('/v1/events/waits?wait=1s', { headers: { authorization: `Bearer ${await away.mint()}` } })
    expect([reply.status, reply.json.state]).toEqual([200, 'due'])
  })

  it('is answered at once where there is nothing to wait for', async () => {
    await stack.track(login('done'))
    await until('it is delivered', async () => (await ask('done', '0')).json.state === 'delivered')
    expect((await ask('done', '30')).json.state).toBe('delivered')
    expectProblem(await ask('never', '30s'), 'EVENT_NOT_FOUND')
  })

  it.each(['31s', '-1', '1m', '1.5', 'for ever', '100'])('%s is refused', async (wait) => {
    expectProblem(await ask('done', encodeURIComponent(wait)), 'REQUEST_INVALID', /wait must be seconds from 0 to 30/)
  })

  it('is answered when somebody has settled it who could not tell', async () => {
    const away = await startStack({ isConnected: false })
    onTestFinished(away.close)
    const { store } = away.server.parts
    const token = await away.mint({ sub: 'nobody knows' })
    await away.track(login('given up'), { token })
    const answer = away.send('/v1/events/given up?wait=20s', { headers: { authorization: `Bearer ${token}` } })
    await store.giveUpUnidentified({ receivedBefore: Date.now() + 1, now: Date.now(), limit: 100 })
    expect((await answer).json.state).toBe('dead')
  })

  it('does not keep the service from stopping', async () => {
    const away = await startStack({ isConnected: false })
    await away.track(login('waits'))
    const answer = away.send('/v1/events/waits?wait=30s', { headers: { authorization: `Bearer ${await away.mint()}` } }).catch(() => undefined)
    await away.close()
    expect((await answer)?.json.state ?? 'due').toBe('due')
  })
})

describe('waiters', () => {
  it('are bounded: one more is not taken, until another has gone', () => {
    const waiters = createSettleWaiters()
    const all = Array.from({ length: MAX_WAITERS }, (_, index) => waiters.open(`e${index % 7}`))
    expect(all.every(Boolean)).toBe(true)
    expect(waiters.open('one more')).toBeUndefined()
    all[0]?.close()
    all[0]?.close()
    expect([waiters.open('one more'), waiters.open('and another')].map(Boolean)).toEqual([true, false])
  })

  it('look into the store when they begin and when they are told, and not in between', async () => {
    const waiters = createSettleWaiters()
    const row: RowStatus = { target: 'timeline-v3', event: 'login', messageId: 'm', eventId: 'e', state: 'due', attempts: 1, occurredAt: 0, receivedAt: 0 }
    let looks = 0
    const find = async () => [++looks === 1 ? row : { ...row, state: 'delivered' as const }]
    const answer = waitForEnd([row], 30_000, { waiters, find, isGone: () => false })
    await until('the first look', () => looks === 1)
    await new Promise(setImmediate)
    expect(looks).toBe(1)
    waiters.tell('e')
    expect((await answer).map(({ state }) => state)).toEqual(['delivered'])
    expect(looks).toBe(2)
  })

  it('hear of their own event alone, and of what came before they waited', async () => {
    const waiters = createSettleWaiters()
    const [one, other] = [waiters.open('one'), waiters.open('other')]
    waiters.tell('one')
    await one?.next(60_000)
    let heard = false
    void other?.next(60_000).then(() => (heard = true))
    waiters.tell('one')
    await one?.next(60_000)
    expect(heard).toBe(false)
    waiters.endAll()
    await until('the end is heard', () => heard)
    expect(waiters.open('late')).toBeUndefined()
  })
})
