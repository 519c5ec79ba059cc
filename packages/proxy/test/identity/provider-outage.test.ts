import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../src/server.ts'
import { realWorld } from '../../src/world.ts'
import { createClient, expectProblem } from '../stage/client.ts'
import { providerKey, startProvider } from '../stage/identity-provider.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'
import { postgresStores } from '../store/open-postgres.ts'

const START = Date.UTC(2026, 10, 24, 9)
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const LOGIN = { event: 'login', properties: { method: 'sso' } }
const { newSchema } = postgresStores((await startPostgres()).url)

const stores: [string, () => string][] = [
  ['SQLite', () => 'sqlite:./outbox.db'],
  ['PostgreSQL', () => newSchema().url],
]

/** The proxy with one provider, both by one clock that the test moves. */
async function stage(store = 'sqlite:./outbox.db') {
  const clock = { ms: START }
  const now = () => new Date(clock.ms)
  const provider = await startProvider(now)
  onTestFinished(provider.close)
  const stack = await startStack({ isConnected: false, config: { store }, site: { session: provider.session() }, world: { now, monotonicMs: undefined } })
  onTestFinished(stack.close)
  return { clock, provider, stack }
}

type Stage = Awaited<ReturnType<typeof stage>>

/** The process ends and another starts on the same store: nothing is remembered but what is stored. */
async function restart({ stack, clock }: Stage) {
  await stack.server.stop()
  const server = await startServer(stack.config, { ...realWorld({ logLevel: 'silent' }), now: () => new Date(clock.ms), monotonicMs: undefined })
  onTestFinished(server.stop)
  return createClient({ server, emulator: stack.emulator, config: stack.config })
}

/** The shortest time between two fetches. */
const shortestGap = (moments: number[]) => Math.min(...moments.slice(1).map((at, index) => at - (moments[index] ?? 0)))

const ageIn = (metrics: string) => Number(/trackline_jwks_age_seconds\{address="[^"]*\/jwks.json"\} (\d+)/.exec(metrics)?.[1])

describe.each(stores)("the identity provider's keys are away (%s)", (_, newStore) => {
  it('for 24 hours: every token of a known key is taken, with a restart on the way, and at most one fetch leaves in 30 seconds', async () => {
    const on = await stage(newStore())
    const { clock, provider, stack } = on
    expect((await stack.track(LOGIN, { token: await provider.token() })).status).toBe(202)
    await until('the keys are stored', async () => stack.server.parts.store.readKeySet(`${provider.url} RS256,ES256,EdDSA`))
    provider.state.isDown = true
    let client: Pick<typeof stack, 'track' | 'send'> = stack
    for (let step = 1; step <= 24 * 6; step++) {
      clock.ms = START + step * 10 * MINUTE
      if (step === 12 * 6) client = await restart(on)
      const tokens = await Promise.all([provider.token(), provider.token()])
      const replies = await Promise.all(tokens.map((token) => client.track(LOGIN, { token })))
      expect(replies.map(({ status }) => status)).toEqual([202, 202])
    }
    const { fetchedAt } = provider.state
    expect(shortestGap(fetchedAt)).toBeGreaterThanOrEqual(30 * SECOND)
    expect(fetchedAt.length).toBeGreaterThan(100)
    expect(ageIn((await client.send('/metrics')).text)).toBe(24 * 3_600)
    expect((await client.send('/metrics')).text).toMatch(/^trackline_jwks_failing 1$/m)
  })
})

describe('past 24 hours', () => {
  it('the answer is SESSION_KEYS_UNAVAILABLE, until the provider is back', async () => {
    const { clock, provider, stack } = await stage()
    await stack.track(LOGIN, { token: await provider.token() })
    provider.state.isDown = true
    clock.ms += 24 * HOUR + SECOND
    expectProblem(await stack.track(LOGIN, { token: await provider.token() }), 'SESSION_KEYS_UNAVAILABLE')
    provider.state.isDown = false
    clock.ms += 30 * SECOND
    expect((await stack.track(LOGIN, { token: await provider.token() })).status).toBe(202)
    expect(ageIn((await stack.send('/metrics')).text)).toBe(0)
  })
})

describe('a rotated key', () => {
  it('is accepted within 30 seconds, as the refusal before that says', async () => {
    const { clock, provider, stack } = await stage()
    await stack.track(LOGIN, { token: await provider.token() })
    const second = providerKey('second')
    provider.state.keys.push(second)
    clock.ms += 3 * SECOND
    const early = await stack.track(LOGIN, { token: await provider.token({ key: second }) })
    expectProblem(early, 'SESSION_INVALID')
    expect(early.headers.get('retry-after')).toBe('27')
    clock.ms += 27 * SECOND
    expect((await stack.track(LOGIN, { token: await provider.token({ key: second }) })).status).toBe(202)
  })

  it('that replaced another ends what was remembered of the other: its tokens are refused at once, though none has expired', async () => {
    const { clock, provider, stack } = await stage()
    const [first] = provider.state.keys
    const second = providerKey('second')
    const token = await provider.token({ key: first })
    expect((await stack.track(LOGIN, { token })).status).toBe(202)
    provider.state.keys = [second]
    clock.ms += 31 * SECOND
    expect((await stack.track(LOGIN, { token })).status).toBe(202)
    expect((await stack.track(LOGIN, { token: await provider.token({ key: second }) })).status).toBe(202)
    expectProblem(await stack.track(LOGIN, { token }), 'SESSION_INVALID')
  })
})

describe('10,000 tokens that name keys nobody has', () => {
  it('make at most two fetches a minute, and each is refused', async () => {
    const { clock, provider, stack } = await stage()
    const { sessions, sites } = stack.server.parts
    const site = await sites.named('main')
    if (!site) return expect.fail()
    await stack.track(LOGIN, { token: await provider.token() })
    provider.state.fetchedAt.length = 0
    const claims = (await provider.token()).split('.')[1]
    const refusals = new Set<string>()
    for (let index = 0; index < 10_000; index++) {
      clock.ms = START + Math.floor((index * MINUTE) / 10_000)
      const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: `k${index}`, typ: 'JWT' })).toString('base64url')
      const request = new IncomingMessage(new Socket())
      request.rawHeaders = ['authorization', `Bearer ${header}.${claims}.${'A'.repeat(86)}`]
      await (async () => sessions.read(request, site))().catch((error) => refusals.add(`${error.code} ${error.cause.reason}`))
    }
    expect([...refusals]).toEqual(['SESSION_INVALID unknown_kid'])
    expect(provider.state.fetchedAt.length).toBeLessThanOrEqual(2)
    expect(shortestGap([START, ...provider.state.fetchedAt])).toBeGreaterThanOrEqual(30 * SECOND)
  })
})

describe('a token that was taken once', () => {
  it('is refused the second it expires, though it is remembered', async () => {
    const { clock, provider, stack } = await stage()
    const token = await provider.token({ ttl: '2m' })
    // It counts for 30 seconds longer than it says, since clocks differ.
    for (const seconds of [0, 1, 119, 149]) {
      clock.ms = START + seconds * SECOND
      expect((await stack.track(LOGIN, { token })).status).toBe(202)
    }
    clock.ms = START + 150 * SECOND
    expectProblem(await stack.track(LOGIN, { token }), 'SESSION_EXPIRED')
  })
})
