import { sharedSecret } from '@trackline/session'
import { expect, it, onTestFinished } from 'vitest'
import { lookup } from '../../src/identity/email-source.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { PORTAL, SECRET, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

/** Just short of what counts as no answer. */
const SLOW_MS = 1_900
const login = { event: 'login', properties: { method: 'sso' } }

/** Two sites: at one, a look-up takes its time with every answer and never fails; at the other one, it answers at once. */
async function begin() {
  const key = generateServerKey()
  const asked = { now: 0, most: 0, ever: new Set<string>(), takesMs: SLOW_MS }
  const slow = lookup(async ({ subject }) => {
    asked.ever.add(subject)
    asked.now += 1
    asked.most = Math.max(asked.most, asked.now)
    await new Promise((resolve) => setTimeout(resolve, asked.takesMs))
    asked.now -= 1
    return undefined
  })
  const site = (name: string, email: typeof slow) =>
    ({ origins: [`https://${name}.example.com`], session: sharedSecret({ secret: SECRET, issuer: name }), portal: PORTAL, email: [email], serverKeys: [key.digest] })
  const sites = { slow: site('slow', slow), quick: site('quick', lookup(({ subject }) => `${subject}@example.com`)) }
  const stack = await startStack({ isConnected: false, config: { sites } })
  onTestFinished(stack.close)
  const trackAt = (name: string, messages: object[]) =>
    stack.track(messages, { headers: { origin: `https://${name}.example.com`, authorization: `Bearer ${key.key}` } })
  const { store } = stack.server.parts
  const isFound = (subject: string) => store.findIdentity({ account: PORTAL, site: 'quick', subject })
  /** Stored long ago, so that nobody has just heard of them. */
  const storeAt = (name: string, people: number, receivedAt: number) =>
    store.enqueue(Array.from({ length: people }, (_, index) => {
      const ids = { person: { subject: `${name}${index}` }, messageId: String(index), eventId: `${name} ${index}` }
      return { account: PORTAL, site: name, ...ids, name: 'login', targets: ['timeline-v3'], properties: {}, occurredAt: receivedAt, receivedAt }
    }))
  return { trackAt, storeAt, isFound, asked }
}

it('a site whose answers take long holds up nobody of another site whose event has just come', async () => {
  const { trackAt, isFound, asked } = await begin()
  for (let sent = 0; sent < 200; sent += 50) {
    const reply = await trackAt('slow', Array.from({ length: 50 }, (_, index) => ({ ...login, userId: `p${sent + index}` })))
    expect(reply.status).toBe(202)
  }
  await until('the slow site is being asked', () => asked.now > 0)
  expect((await trackAt('quick', [{ ...login, userId: 'bob' }])).status).toBe(202)
  await until('the other one is found', () => isFound('bob'), 3_000)
  expect(asked.most).toBeLessThanOrEqual(4)
})

it('nor anybody whose event waits behind all of its own in the outbox', async () => {
  const { storeAt, isFound } = await begin()
  const now = Date.now()
  await storeAt('slow', 1_000, now - 100_000)
  await storeAt('quick', 1, now - 90_000)
  await until('the other one is found', () => isFound('quick0'), 6_000)
})

it('its own events are looked at again once it has answered', async () => {
  const { storeAt, isFound, asked } = await begin()
  const now = Date.now()
  await storeAt('slow', 200, now - 100_000)
  await until('the slow site is being asked', () => asked.now > 0)
  await storeAt('quick', 1, now)
  await until('the rounds have gone on without it', () => isFound('quick0'))
  asked.takesMs = 0
  await until('all have been asked for', () => asked.ever.size === 200)
})
