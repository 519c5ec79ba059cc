import { afterAll, describe, expect, it } from 'vitest'
import { claim, lookup } from '../../src/identity/email-source.ts'
import type { PersonQuery } from '../../src/identity/email-source.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

/** The site's own user table, which the tests fill in and break. */
const table = new Map<string, string | Error | 'hangs'>()
const asked: PersonQuery[] = []
const clock = { ms: 0 }
const stack = await startStack({
  site: { email: [claim('email'), lookup(find)] },
  config: { retry: { firstMs: 50, maxMs: 200, giveUpAfterMs: 3_600_000 } },
  world: { now: () => new Date(Date.now() + clock.ms) },
})
afterAll(stack.close)

async function find(person: PersonQuery): Promise<string | undefined> {
  asked.push(person)
  const found = table.get(person.subject)
  if (found instanceof Error) throw found
  return found === 'hangs' ? new Promise<never>(() => undefined) : found
}

/** "Nobody" is believed for a minute. */
const waitAMinute = () => void (clock.ms += 60_001)

async function trackFor(sub: string, messageId: string): Promise<string> {
  const token = await stack.mint({ sub })
  expect((await stack.track({ event: 'login', messageId, properties: { method: 'sso' } }, { token })).status).toBe(202)
  return token
}

const statusOf = async (messageId: string, token: string) =>
  (await stack.send(`/v1/events/${messageId}`, { headers: { authorization: `Bearer ${token}` } })).json

describe('an event of somebody whose token tells no email', () => {
  it('is accepted at once, looked up afterwards, and delivered', async () => {
    table.set('u1', 'u1@example.com')
    await trackFor('u1', 'm1')
    expect(await stack.delivered('u1@example.com', 1)).toHaveLength(1)
    expect(asked.at(-1)).toEqual({ site: 'main', subject: 'u1', issuer: 'shop' })
  })

  it('waits while nobody knows, is asked for again, and is delivered once somebody does', async () => {
    const token = await trackFor('u2', 'm2')
    await until('it was asked for', () => asked.some(({ subject }) => subject === 'u2'))
    expect(await statusOf('m2', token)).toMatchObject({ state: 'needs_identity' })
    table.set('u2', 'u2@example.com')
    waitAMinute()
    expect(await stack.delivered('u2@example.com', 1)).toHaveLength(1)
  })

  it('is asked for once for all the events that wait', async () => {
    table.set('u3', 'u3@example.com')
    const token = await stack.mint({ sub: 'u3' })
    await stack.track(
      Array.from({ length: 10 }, (_, index) => ({ event: 'login', messageId: `many ${index}`, properties: { method: 'sso' } })),
      { token },
    )
    expect(await stack.delivered('u3@example.com', 10)).toHaveLength(10)
    expect(asked.filter(({ subject }) => subject === 'u3')).toHaveLength(1)
  })

  it.each([
    ['throws', new Error('the table of ada@example.com is locked')],
    ['hangs', 'hangs' as const],
    ['gives what is no address', 'not an address'],
  ])('a look-up that %s holds up nobody else, and is asked again', async (how, answer) => {
    const [lost, found] = [`lost ${how}`, `found ${how}`]
    table.set(lost, answer).set(found, `${how.length}@example.com`)
    await trackFor(lost, lost)
    await trackFor(found, found)
    expect(await stack.delivered(`${how.length}@example.com`, 1)).toHaveLength(1)
    waitAMinute()
    table.set(lost, `late${how.length}@example.com`)
    expect(await stack.delivered(`late${how.length}@example.com`, 1)).toHaveLength(1)
  })

  it('an email in the token goes before the look-up, which is not asked', async () => {
    await stack.track(
      { event: 'login', properties: { method: 'sso' } },
      { token: await stack.mint({ sub: 'u5', email: 'u5@example.com' }) },
    )
    await stack.delivered('u5@example.com', 1)
    expect(asked.filter(({ subject }) => subject === 'u5')).toEqual([])
  })

  it('is given up after as long as retries last, and said to be', async () => {
    await trackFor('u6', 'm6')
    clock.ms += 3_600_001
    const status = await until('it was given up', async () => {
      const { json } = await stack.send('/v1/events/m6', {
        headers: { authorization: `Bearer ${await stack.mint({ sub: 'u6' })}` },
      })
      return json.state === 'dead' && json
    })
    expect(status.deliveries).toMatchObject([{ code: 'EMAIL_NOT_FOUND', state: 'dead' }])
  })

  it('neither the email nor what the look-up threw is logged', () => {
    expect(stack.logged()).toContain('identity.lookup_failed')
    expect(stack.logged()).not.toMatch(/@example\.com/)
  })
})
