import { afterAll, describe, expect, it } from 'vitest'
import { expectProblem } from '../stage/client.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { startStack } from '../stage/start-stack.ts'

const own = generateServerKey()
const second = generateServerKey()
const stranger = generateServerKey()
const stack = await startStack({ site: { serverKeys: [own.digest, second.digest] } })
afterAll(stack.close)

const login = (changes: object = {}) => ({ event: 'login', properties: { method: 'sso' }, ...changes })
const byServer = (messages: object | object[], key = own.key) =>
  stack.track(messages, { headers: { authorization: `Bearer ${key}` } })

describe('a server key', () => {
  it('speaks for whoever each message names, and the event lands on that contact', async () => {
    const reply = await byServer([login({ email: 'Ada@EXAMPLE.com' }), login({ userId: '7', email: 'grace@example.com' })])
    expect(reply.json.results?.map(({ status }) => status)).toEqual(['queued', 'queued'])
    expect(await stack.delivered('ada@example.com', 1)).toHaveLength(1)
    expect(await stack.delivered('grace@example.com', 1)).toHaveLength(1)
  })

  it.each([['first', 0], ['last', 1]])('may name the email in the %s of a person\'s messages alone: the other one goes there, too', async (place, named) => {
    const email = `${place}@example.com`
    const reply = await byServer([0, 1].map((index) => login({ userId: `named ${place}`, ...(index === named ? { email } : {}) })))
    expect(reply.json.results?.map(({ status }) => status)).toEqual(['queued', 'queued'])
    expect(await stack.delivered(email, 2)).toHaveLength(2)
  })

  it("that is any of the site's is taken", async () => {
    expect((await byServer(login({ userId: '1' }), second.key)).status).toBe(202)
  })

  it('may be the user name of Basic, where libraries for Segment put theirs', async () => {
    const basic = (name: string) => ({ headers: { authorization: `Basic ${Buffer.from(`${name}:`).toString('base64')}` } })
    expect((await stack.track(login({ userId: '1' }), basic(own.key))).status).toBe(202)
    expectProblem(await stack.track(login({ userId: '1' }), basic(stranger.key)), 'SERVER_KEY_INVALID')
    expectProblem(await stack.track(login({ userId: '1' }), basic('ada')), 'SESSION_MISSING')
  })

  it('may name a person without an email, who waits for one', async () => {
    const before = await stack.audit()
    await byServer(login({ userId: 'nobody knows' }))
    expect((await stack.audit()).needsIdentity).toBe(before.needsIdentity + 1)
  })

  it.each([
    ['nobody is named', {}, 'IDENTITY_MISSING', /neither userId, email nor objectId/],
    ['userId is a number', { userId: 7 }, 'IDENTITY_MISSING', /1–255 characters.*: got 7/],
    ['userId is empty', { userId: '' }, 'IDENTITY_MISSING', /got ''/],
    ['userId is too long', { userId: 'x'.repeat(256) }, 'IDENTITY_MISSING', /256 characters/],
    ['only anonymousId is named', { anonymousId: 'a' }, 'IDENTITY_MISSING', /neither/],
    ['the email is no address', { email: 'ada' }, 'EMAIL_INVALID', /text of 3 characters/],
    ['the email is a list', { email: ['ada@example.com'] }, 'EMAIL_INVALID', /an array/],
    ['the email has a name beside it', { email: 'Ada <ada@example.com>' }, 'EMAIL_INVALID', /text of 21 characters/],
    ['the email is good but userId is not', { email: 'ada@example.com', userId: {} }, 'IDENTITY_MISSING', /an object/],
  ] as const)('where %s is refused, and nothing is stored', async (_, person, code, names) => {
    const before = await stack.audit()
    const reply = await byServer(login(person))
    expectProblem(reply, code, names)
    expect(await stack.audit()).toEqual({ ...before, received: before.received + 1, rejected: before.rejected + 1 })
  })

  it("a refused email is not repeated: it may be somebody's", async () => {
    expect((await byServer(login({ email: 'ada lovelace@example.com' }))).text).not.toContain('lovelace')
  })

  it.each([
    ["is not one of the site's", stranger.key],
    ['has a changed character', own.key.replace(/^tl_./, (start) => (start === 'tl_A' ? 'tl_B' : 'tl_A'))],
    ['is cut short', own.key.slice(0, -1)],
    ['is too long', `${own.key}0`],
    ['is only its beginning', 'tl_'],
    ['is the digest', `tl_${own.digest}`],
  ])('that %s is SERVER_KEY_INVALID, and is not repeated', async (_, key) => {
    const before = await stack.audit()
    const reply = await byServer(login({ userId: '1' }), key)
    expectProblem(reply, 'SERVER_KEY_INVALID')
    expect(reply.text).not.toContain(key.slice(3, 20) || 'never')
    expect(await stack.audit()).toEqual(before)
  })

  it('is never logged', () => {
    expect(stack.logged()).not.toContain(own.key.slice(0, 20))
    expect(stack.logged()).not.toMatch(/@example\.com/)
  })

  it('a session may not name anybody, even itself', async () => {
    expectProblem(await stack.track(login({ email: 'ada@example.com' })), 'IDENTITY_IN_BODY')
  })
})

describe('a server key with limits', async () => {
  const [writer, reader, identifier, old] = Array.from({ length: 4 }, generateServerKey)
  if (!writer || !reader || !identifier || !old) throw new Error('four were made')
  const clock = { ms: Date.UTC(2027, 5, 30, 12) }
  const limited = await startStack({
    isConnected: false,
    world: { now: () => new Date(clock.ms) },
    site: {
      serverKeys: [
        `${writer.digest} events:write`,
        `${reader.digest} events:read until 2027-12-31`,
        `${identifier.digest} events:write,events:identify`,
        `${old.digest} until 2027-06-30`,
      ],
    },
  })
  afterAll(limited.close)
  const track = (key: string, message: object) => limited.track(login(message), { headers: { authorization: `Bearer ${key}` } })
  const ask = (key: string, messageId: string) => limited.send(`/v1/events/${messageId}`, { headers: { authorization: `Bearer ${key}` } })

  it('does what its scopes say and nothing else', async () => {
    expect((await track(writer.key, { userId: '7', messageId: 'm1' })).status).toBe(202)
    expectProblem(await ask(writer.key, 'm1'), 'SERVER_KEY_SCOPE', /lacks the scope events:read/)
    expect((await ask(reader.key, 'm1')).json).toMatchObject({ messageId: 'm1' })
    const before = await limited.audit()
    expectProblem(await track(reader.key, { userId: '7' }), 'SERVER_KEY_SCOPE', /lacks the scope events:write/)
    expect(await limited.audit()).toEqual(before)
  })

  it('says whose email it is only with events:identify', async () => {
    expectProblem(await track(writer.key, { userId: '7', email: 'ada@example.com' }), 'SERVER_KEY_SCOPE', /events:identify/)
    expect((await track(identifier.key, { userId: '7', email: 'ada@example.com' })).status).toBe(202)
  })

  it('ends with its last day, while the one that follows it is good before and after: both are listed for a time', async () => {
    expect((await track(old.key, { userId: '1' })).status).toBe(202)
    expect((await track(writer.key, { userId: '1' })).status).toBe(202)
    clock.ms = Date.UTC(2027, 6, 1)
    expectProblem(await track(old.key, { userId: '1' }), 'SERVER_KEY_EXPIRED')
    expect((await track(writer.key, { userId: '1' })).status).toBe(202)
  })
})
