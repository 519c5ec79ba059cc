import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mintSession, sharedSecret } from '@trackline/session'
import { describe, expect, it, onTestFinished } from 'vitest'
import { claim, lookup } from '../../src/identity/email-source.ts'
import { userinfo } from '../../src/identity/sources/userinfo.ts'
import { startServer } from '../../src/server.ts'
import { resolveConfig } from '../../src/config.ts'
import { simulateOidc } from '../identity/simulated-apis.ts'
import { SECRET, startStack } from '../stage/start-stack.ts'
import type { StackOptions } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

/** An identity provider whose userinfo endpoint knows Ada by her token, and a site that asks it. */
async function begin({ site = {}, config = {}, ...options }: StackOptions = {}) {
  const people: Record<string, { email: string; email_verified?: boolean }> = { ada: { email: 'ada@example.com', email_verified: true } }
  const tokens: Record<string, string> = {}
  const provider = await simulateOidc(people, tokens)
  const clock = { ms: 0 }
  const stack = await startStack({
    site: {
      session: sharedSecret({ secret: SECRET, issuer: provider.url, audience: 'trackline' }),
      email: [claim('email'), userinfo({ allowPrivate: true })],
      ...site,
    },
    config: { retry: { firstMs: 50, maxMs: 200 }, ...config },
    world: { now: () => new Date(Date.now() + clock.ms) },
    ...options,
  })
  onTestFinished(stack.close)

  async function signIn(sub = 'ada', ttl = '5m'): Promise<string> {
    const token = await mintSession({ sub, secret: SECRET, issuer: provider.url, audience: 'trackline', ttl, now: stack.server.parts.world.now })
    tokens[token] = sub
    return token
  }
  const track = (token: string, messageId: string) => stack.track({ event: 'login', messageId, properties: { method: 'sso' } }, { token })
  /** The clock may go on once the failure has been taken note of. */
  const failed = (times: number) => until(`it failed ${times} times`, () => stack.logged().split('identity.lookup_failed').length > times)
  return { people, provider, clock, stack, signIn, track, failed }
}

describe("an email that only the provider's userinfo endpoint tells", () => {
  it('is asked for with the person\'s own token after the 202, and the event is delivered', async () => {
    const { stack, provider, signIn, track } = await begin()
    expect((await track(await signIn(), 'm1')).status).toBe(202)
    expect(await stack.delivered('ada@example.com', 1)).toHaveLength(1)
    expect(provider.asked.filter(({ path }) => path === '/userinfo')).toHaveLength(1)
  })

  it('is not asked for again by the next event, which does not even wait', async () => {
    const { stack, provider, signIn, track } = await begin()
    await track(await signIn(), 'm1')
    await stack.delivered('ada@example.com', 1)
    const token = await signIn()
    await track(token, 'm2')
    const { json } = await stack.send('/v1/events/m2', { headers: { authorization: `Bearer ${token}` } })
    expect(json.state).not.toBe('needs_identity')
    await stack.delivered('ada@example.com', 2)
    expect(provider.asked.filter(({ path }) => path === '/userinfo')).toHaveLength(1)
  })

  it('is asked for again while the endpoint fails, as long as the token lives', async () => {
    const { stack, provider, clock, signIn, track, failed } = await begin()
    provider.faults.push({ status: 500 }, { status: 500 })
    await track(await signIn(), 'm1')
    await failed(1)
    expect((await stack.audit()).needsIdentity).toBe(1)
    clock.ms += 61_000
    await failed(2)
    clock.ms += 61_000
    expect(await stack.delivered('ada@example.com', 1)).toHaveLength(1)
  })

  it("is not asked for with an expired token; the person's next token finds it for all that waits", async () => {
    const { stack, provider, clock, signIn, track, failed } = await begin()
    provider.faults.push({ status: 503, headers: { 'retry-after': '3600' } })
    await track(await signIn(), 'm1')
    await failed(1)
    clock.ms += 3_601_000
    const token = await signIn()
    await until('the rounds have passed over the row', async () => (await stack.audit()).needsIdentity === 1)
    expect(provider.asked).toHaveLength(1)
    await track(token, 'm2')
    expect(await stack.delivered('ada@example.com', 2)).toHaveLength(2)
  })

  it('after a restart the event waits for the next token, since no token is ever stored', async () => {
    const { stack, provider, signIn, track, failed } = await begin()
    provider.faults.push({ status: 503 })
    const token = await signIn()
    await track(token, 'm1')
    await failed(1)
    await stack.server.stop()
    for (const file of readdirSync(stack.folder)) expect(readFileSync(join(stack.folder, file)).includes(token.slice(0, 40)), file).toBe(false)
    const server = await startServer(resolveConfig(stack.options, join(stack.folder, 'trackline.config.ts')), stack.server.parts.world)
    onTestFinished(server.stop)
    expect((await server.parts.store.audit()).needsIdentity).toBe(1)
    const headers = { authorization: `Bearer ${await signIn()}`, 'content-type': 'application/json' }
    await fetch(`${server.url}/v1/track`, { method: 'POST', headers, body: JSON.stringify({ event: 'login', messageId: 'm2', properties: { method: 'sso' } }) })
    expect(await stack.delivered('ada@example.com', 2)).toHaveLength(2)
  })

  it('where it is down and the person is known from before, the email remembered counts', async () => {
    const { stack, provider, clock, signIn, track } = await begin()
    await track(await signIn(), 'm1')
    await stack.delivered('ada@example.com', 1)
    clock.ms += 16 * 60_000
    provider.faults.push(...Array.from({ length: 50 }, () => ({ status: 500 })))
    await track(await signIn(), 'm2')
    expect(await stack.delivered('ada@example.com', 2)).toHaveLength(2)
    expect(stack.logged()).toContain('identity.remembered')
  })

  it('that has changed does not split the person: there is a login before, and the change is logged without either email', async () => {
    const { stack, people, clock, signIn, track } = await begin()
    await track(await signIn(), 'm1')
    await stack.delivered('ada@example.com', 1)
    people.ada = { email: 'lovelace@example.com', email_verified: true }
    clock.ms += 16 * 60_000
    await track(await signIn(), 'm2')
    const [second] = await stack.delivered('lovelace@example.com', 1)
    expect(second?.tokens.lastLogin).toMatch(/^\d+$/)
    expect(stack.logged()).toMatch(/"from":"u_[0-9a-f]{16}","to":"u_[0-9a-f]{16}".*identity.email_changed/)
  })

  it('that is unverified does not count, and is asked for again after a minute', async () => {
    const { stack, people, clock, signIn, track } = await begin()
    people.ada = { email: 'ada@example.com', email_verified: false }
    await track(await signIn(), 'm1')
    await until('it was refused', () => stack.logged().includes('identity.email_refused'))
    people.ada.email_verified = true
    clock.ms += 61_000
    await track(await signIn(), 'm2')
    expect(await stack.delivered('ada@example.com', 2)).toHaveLength(2)
  })

  it('neither token nor email is logged, come what may', async () => {
    const { stack, provider, signIn, track, failed } = await begin()
    provider.faults.push({ status: 500 })
    const token = await signIn()
    await track(token, 'm1')
    await failed(1)
    expect(stack.logged()).not.toContain(token.slice(0, 30))
    expect(stack.logged()).not.toMatch(/@example\.com/)
  })

  it('that a token told is remembered for what a server sends later without it', async () => {
    const { stack, track } = await begin({ site: { email: [claim('email'), lookup(() => undefined)] } })
    const token = await stack.mint({ sub: 'ada', email: 'ada@example.com' })
    await track(token, 'm1')
    await stack.delivered('ada@example.com', 1)
    await until('it is remembered', () => stack.server.parts.store.findIdentity({ account: 62515, site: 'main', subject: 'ada' }))
    await track(await stack.mint({ sub: 'ada' }), 'm2')
    expect(await stack.delivered('ada@example.com', 2)).toHaveLength(2)
  })
})

describe('requireVerified', () => {
  const claims = (emailVerified?: boolean) => ({ sub: 'ada', email: 'ada@example.com', ...(emailVerified === undefined ? {} : { emailVerified }) })

  it.each([
    ['if-present' as const, undefined, 'delivered'],
    ['if-present' as const, false, 'waits'],
    [true, undefined, 'waits'],
    [true, true, 'delivered'],
    [false, false, 'delivered'],
  ])('%s, and a token that says %s: the event %s', async (requireVerified, said, expected) => {
    const stack = await startStack({ site: { requireVerified } })
    onTestFinished(stack.close)
    await stack.track({ event: 'login', properties: { method: 'sso' } }, { token: await stack.mint(claims(said)) })
    const audit = await until('it is delivered or waits', async () => {
      const counts = await stack.audit()
      return counts.delivered + counts.needsIdentity === 1 && counts
    })
    expect(audit.delivered === 1 ? 'delivered' : 'waits').toBe(expected)
  })

  it("a claim of another name is verified where the session's preset says", async () => {
    const path = ['https://example.com/email']
    const session = sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'trackline', email: path, emailVerified: ['https://example.com/verified'] })
    const stack = await startStack({ site: { session, email: [claim(...path)] } })
    onTestFinished(stack.close)
    const mint = (verified: boolean) => mintSession({ sub: 'ada', secret: SECRET, issuer: 'shop', audience: 'trackline', claims: { [path[0] ?? '']: 'ada@example.com', 'https://example.com/verified': verified } })
    for (const verified of [false, true]) await stack.track({ event: 'login', messageId: String(verified), properties: { method: 'sso' } }, { token: await mint(verified) })
    await stack.delivered('ada@example.com', 1)
    expect(await stack.audit()).toMatchObject({ delivered: 1, needsIdentity: 1 })
  })
})
