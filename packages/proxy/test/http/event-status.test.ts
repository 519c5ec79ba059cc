import { afterAll, describe, expect, it } from 'vitest'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { expectProblem } from '../stage/client.ts'
import { ORIGIN, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const server = generateServerKey()
const clock = { ms: 0 }
const stack = await startStack({
  site: { serverKeys: [server.digest] },
  world: { now: () => new Date(Date.now() + clock.ms) },
})
afterAll(stack.close)

const login = (messageId: string) => ({ event: 'login', messageId, properties: { method: 'sso' } })
const ask = (messageId: string, credential: string, path = '/v1/events/') =>
  stack.send(path + encodeURIComponent(messageId), { headers: { authorization: `Bearer ${credential}` } })
const [ada, grace] = [await stack.mint(), await stack.mint({ sub: 'grace', email: 'grace@example.com' })]

describe('what became of an event', () => {
  it('is told to the person who sent it, up to its delivery', async () => {
    await stack.track({ ...login('mine'), timestamp: '2100-01-01' }, { token: ada })
    await until('it is delivered', async () => (await ask('mine', ada)).json.state === 'delivered')
    const { status, json } = await ask('mine', ada)
    expect(status).toBe(200)
    expect(json).toEqual({
      messageId: 'mine',
      event: 'login',
      state: 'delivered',
      attempts: 1,
      occurredAt: expect.stringMatching(/Z$/),
      receivedAt: expect.stringMatching(/Z$/),
      deliveries: [
        {
          target: 'timeline-v3',
          eventId: expect.stringMatching(/^[\w-]{43}$/),
          state: 'delivered',
          attempts: 1,
          settledAt: expect.stringMatching(/Z$/),
        },
      ],
    })
    const [event] = await stack.timelineOf('ada@example.com')
    expect(json.deliveries).toMatchObject([{ eventId: event?.id }])
    expect(json.occurredAt).toBe(event?.timestamp)
  })

  it('tells neither email nor subject nor properties', async () => {
    expect((await ask('mine', ada)).text).not.toMatch(/ada|example|sso/)
  })

  it("of another person's event is EVENT_NOT_FOUND, the same as of one that never was", async () => {
    const [theirs, nobodys] = [await ask('mine', grace), await ask('never sent', grace)]
    expectProblem(theirs, 'EVENT_NOT_FOUND')
    const { requestId: _, ...rest } = theirs.json
    expect(nobodys.json).toMatchObject(rest)
  })

  it('of the same messageId is told to each person of their own', async () => {
    await stack.track(login('both'), { token: ada })
    await stack.track(login('both'), { token: grace })
    const [hers, his] = [(await ask('both', ada)).json.deliveries, (await ask('both', grace)).json.deliveries]
    expect(hers).toHaveLength(1)
    expect(his).toHaveLength(1)
    expect(hers).not.toEqual(his)
  })

  it('is told to a server key of the site, whoever sent it', async () => {
    expect((await ask('mine', server.key)).json).toMatchObject({ messageId: 'mine', state: 'delivered' })
    expectProblem(await ask('never sent', server.key), 'EVENT_NOT_FOUND')
  })

  it('sent by several is told to a server key for the one that it names, else for who sent it last; never mixed', async () => {
    await stack.track(login('shared'), { token: ada })
    clock.ms += 1_000
    await stack.track(login('shared'), { token: grace })
    const idsOf = async (path: string, credential = server.key) => {
      const { json } = await stack.send(`/v1/events/shared${path}`, { headers: { authorization: `Bearer ${credential}` } })
      return (json.deliveries as { eventId: string }[]).map(({ eventId }) => eventId) // As the test above read them.
    }
    const [hers, his] = [await idsOf('', ada), await idsOf('', grace)]
    expect(await idsOf('?userId=ada')).toEqual(hers)
    expect(await idsOf('?userId=grace')).toEqual(his)
    expect(await idsOf('')).toEqual(his)
    await stack.track(login('shared'), { token: await stack.mint({ sub: 'mallory' }) })
    expect(await idsOf('')).toHaveLength(1)
    const nobody = await stack.send('/v1/events/shared?userId=nobody', { headers: { authorization: `Bearer ${server.key}` } })
    expectProblem(nobody, 'EVENT_NOT_FOUND')
  })

  it('is not told to a person who names another', async () => {
    const reply = await stack.send('/v1/events/mine?userId=ada', { headers: { authorization: `Bearer ${grace}` } })
    expectProblem(reply, 'EVENT_NOT_FOUND')
  })

  it.each([
    ['refused for what it holds is told with the reason, to everybody who may ask', 400, 'HUBSPOT_REJECTED_EVENT', true],
    ['that waits for the account or the service is told without, to a person', 403, 'HUBSPOT_FORBIDDEN', false],
  ] as const)('%s', async (_, status, code, isToldToThePerson) => {
    await stack.fail({ next: 1_000, status })
    const messageId = `answered ${status}`
    await stack.track(login(messageId), { token: ada })
    await until('it was tried', async () => JSON.stringify((await ask(messageId, server.key)).json).includes(code))
    const [toServer, toPerson] = [(await ask(messageId, server.key)).json, (await ask(messageId, ada)).json]
    await stack.emulated('/_emulator/faults', 'DELETE')
    expect(toServer.deliveries).toMatchObject([{ code, detail: expect.stringMatching(/\(asked for as a fault\)/) }])
    expect(toPerson.deliveries).toMatchObject([isToldToThePerson ? { code, detail: expect.any(String) } : { code }])
    expect(JSON.stringify(toPerson).includes('detail')).toBe(isToldToThePerson)
  })

  it('is told to nobody without a session', async () => {
    expectProblem(await stack.send('/v1/events/mine'), 'SESSION_MISSING')
    expectProblem(
      await stack.send('/v1/events/mine', { headers: { authorization: `Bearer ${ada}`, origin: 'https://evil.example' } }),
      'ORIGIN_NOT_ALLOWED',
    )
  })

  it('that nobody can name yet is needs_identity', async () => {
    const token = await stack.mint({ sub: 'no email' })
    await stack.track(login('waits'), { token })
    expect((await ask('waits', token)).json).toMatchObject({ state: 'needs_identity', attempts: 0 })
  })

  it('can be read by a listed page', async () => {
    const { headers } = await stack.send('/v1/events/mine', { headers: { authorization: `Bearer ${ada}`, origin: ORIGIN } })
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
  })

  it.each(['~'.repeat(100), ' '.repeat(100), 'a/b?c#d%', '{"x":1}'])(
    'is found by any messageId that was taken: %s',
    async (messageId) => {
      expect((await stack.track(login(messageId), { token: ada })).status).toBe(202)
      expect((await ask(messageId, ada)).json).toMatchObject({ messageId })
    },
  )

  it.each(['%', '%zz', '%ff', '%c0%80'])(
    'asked for by an address that cannot be read (%s) is refused as problem details',
    async (messageId) => {
      const reply = await stack.send(`/v1/events/${messageId}`, { headers: { authorization: `Bearer ${ada}` } })
      expectProblem(reply, 'REQUEST_INVALID')
    },
  )
})
