import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { SiteFinder } from '../../src/config.ts'
import { FRESH_MS, KEEP_MS } from '../../src/identity/found-sites.ts'
import { installUrl } from '../../src/cli/connect.ts'
import { planDefinitions } from '../../src/cli/plan-definitions.ts'
import { expectProblem, expectRetryAfter } from '../stage/client.ts'
import type { Reply } from '../stage/client.ts'
import { customersInPostgres, customersInSqlite, nameOf, originOf, portalOf, secretOf, SERVER_KEY, sessionOf } from '../stage/customers.ts'
import type { Customers } from '../stage/customers.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { startStack } from '../stage/start-stack.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { until } from '../stage/until.ts'

const CUSTOMERS = 2_000
const AT_ONCE = 40
const LOGIN = { event: 'login', properties: { method: 'sso' } }
const folder = makeTempFolder()
afterAll(folder.remove)
const postgres = await startPostgres()

/** The last number: how many of the sites send. */
const kinds: [string, () => Promise<Customers>, number][] = [
  ['SQLite', () => customersInSqlite(folder.path, CUSTOMERS), CUSTOMERS],
  ['PostgreSQL', () => customersInPostgres(postgres.url, CUSTOMERS), 200],
]

describe.each(kinds)('2,000 sites in a table of %s', async (_, open, senders) => {
  const customers = await open()
  const asked: string[] = []
  let failure: Error | undefined
  const sites: SiteFinder = (what, by) => {
    asked.push(what)
    if (failure) throw failure
    return customers.find(what, by)
  }
  const clock = { ms: 0 }
  const stack = await startStack({ config: { sites }, isConnected: false, world: { now: () => new Date(Date.now() + clock.ms) } })
  afterAll(async () => {
    await stack.close()
    await customers.close()
  })

  async function track(index: number, { speaker = index, email = `p${index}@example.com` } = {}): Promise<Reply> {
    const token = await sessionOf(secretOf(speaker)).mint?.({ sub: `p${index}`, email, now: stack.server.parts.world.now })
    return stack.track(LOGIN, { token: token ?? '', headers: { origin: originOf(index) } })
  }

  it('each takes events under its own sessions, and is looked up once', async () => {
    asked.length = 0
    for (let from = 0; from < senders; from += AT_ONCE) {
      const replies = await Promise.all(Array.from({ length: AT_ONCE }, (_unused, index) => track(from + index)))
      expect(replies.every(({ status }) => status === 202)).toBe(true)
    }
    expect(asked).toHaveLength(senders)
    expect((await stack.audit()).queued).toBe(senders)
    await Promise.all([track(1), track(2), track(3)])
    expect(asked).toHaveLength(senders)
  })

  it("one customer's token says nothing at another's", async () => {
    const before = await stack.audit()
    expectProblem(await track(7, { speaker: 8 }), 'SESSION_INVALID')
    // The same token was good where it belongs, and is remembered there.
    expect((await track(8)).status).toBe(202)
    const token = (await sessionOf(secretOf(8)).mint?.({ sub: 'p8', now: stack.server.parts.world.now })) ?? ''
    expect((await stack.track(LOGIN, { token, headers: { origin: originOf(8) } })).status).toBe(202)
    expectProblem(await stack.track(LOGIN, { token, headers: { origin: originOf(7) } }), 'SESSION_INVALID')
    expect((await stack.audit()).received).toBe(before.received + 2)
  })

  it('a preflight is answered for the origin of a customer, and refused for any other', async () => {
    const preflight = (origin: string) =>
      stack.send('/v1/batch', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' } })
    const allowed = await preflight(originOf(5))
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, originOf(5)])
    expect(allowed.headers.get('vary')).toMatch(/origin/i)
    const refused = await preflight('https://stranger.example.com')
    expectProblem(refused, 'ORIGIN_NOT_ALLOWED')
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('an origin of nobody is looked up once in a while, and what is no origin never', async () => {
    asked.length = 0
    for (const origin of ['https://nobody.example.com', 'https://nobody.example.com', 'null', 'https://nobody.example.com/', "https://x' or 1=1--"]) {
      expectProblem(await stack.track(LOGIN, { token: 'x', headers: { origin } }), 'ORIGIN_NOT_ALLOWED')
    }
    expect(asked).toEqual(['https://nobody.example.com'])
  })

  it('a server names the site: ?site=', async () => {
    const headers = { authorization: `Bearer ${SERVER_KEY.key}` }
    const message = { ...LOGIN, messageId: 'from a server', userId: 'u1', email: 'u1@example.com' }
    expect((await stack.post(`/v1/track?site=${nameOf(9)}`, message, { headers })).status).toBe(202)
    expectProblem(await stack.post('/v1/track?site=nobody', message, { headers }), 'SITE_UNKNOWN')
    expectProblem(await stack.post('/v1/track', message, { headers }), 'SITE_UNKNOWN', /several sites/)
    const [row] = await stack.server.parts.store.findEvent({ account: portalOf(9), site: nameOf(9), messageId: 'from a server' })
    expect(row?.state).toBe('due')
  })

  it('a change counts after 30 seconds at most, without a restart', async () => {
    expect((await track(20)).status).toBe(202)
    await customers.run(`update customers set origin = 'https://moved.example.com', version = 2 where name = '${nameOf(20)}'`)
    await customers.run(`update customers set secret = '${'another secret of customer 21, '.repeat(2)}', version = 2 where name = '${nameOf(21)}'`)
    clock.ms += FRESH_MS
    expectProblem(await track(20), 'ORIGIN_NOT_ALLOWED')
    expectProblem(await track(21), 'SESSION_INVALID')
  })

  it('while the table is away, sites that were found go on for an hour; others are 503 with Retry-After', async () => {
    expect((await track(30)).status).toBe(202)
    failure = new Error('the table is away')
    onTestFinished(() => void (failure = undefined))
    clock.ms += FRESH_MS
    expect((await track(30)).status).toBe(202)
    const unknown = await stack.track(LOGIN, { token: 'x', headers: { origin: 'https://new.example.com' } })
    expectProblem(unknown, 'SITES_UNAVAILABLE')
    expectRetryAfter(unknown)
    expect(unknown.text).not.toContain('away')
    expect(stack.logged()).toContain('the table is away')
    clock.ms += KEEP_MS
    expectProblem(await track(30), 'SITES_UNAVAILABLE')
  })

  it('a row that cannot be used stops its own site alone, and the log says what is wrong with it', async () => {
    const broken = await startStack({
      isConnected: false,
      config: { sites: async (what, by) => ({ ...(await customers.find(what, by)), portal: what === originOf(1) ? -1 : 5 }) as never },
    })
    onTestFinished(broken.close)
    const token = (await sessionOf(secretOf(1)).mint?.({ sub: 'p' })) ?? ''
    expectProblem(await broken.track(LOGIN, { token, headers: { origin: originOf(1) } }), 'SITES_UNAVAILABLE')
    expect(broken.logged()).toContain(`sites.${nameOf(1)}.portal must be >= 1`)
    const other = (await sessionOf(secretOf(2)).mint?.({ sub: 'p' })) ?? ''
    expect((await broken.track(LOGIN, { token: other, headers: { origin: originOf(2) } })).status).toBe(202)
  })

  it("an install link connects the site's own account, and its events arrive there and nowhere else", async () => {
    await stack.followInstall(await installUrl(stack.server.parts, nameOf(40)))
    for (const step of (await planDefinitions(stack.server.parts)).steps) await step.run()
    expect((await track(40, { email: 'fortieth@example.com' })).status).toBe(202)
    const seenIn = (portal: number) => stack.emulated<unknown[]>(`/_emulator/events?email=fortieth@example.com&portal=${portal}`)
    await until('the event', async () => (await seenIn(portalOf(40))).length === 1)
    expect(await seenIn(portalOf(41))).toEqual([])
    await expect(installUrl(stack.server.parts, 'nobody')).rejects.toThrow(/no site 'nobody'/)
  })

  it('metrics have one label for all of them', async () => {
    await track(50)
    const { text } = await stack.send('/metrics')
    expect(text).toMatch(/trackline_events_total\{site="\*",event="login",status="queued"\} \d+/)
    expect(text).toMatch(/trackline_promises\{site="\*",state="received"\} [1-9]\d*/)
    expect(text).not.toContain(nameOf(50))
  })
})

it('a flood of origins of nobody makes 50 look-ups at once at most', async () => {
  let [running, most] = [0, 0]
  const gate = Promise.withResolvers<undefined>()
  const stack = await startStack({
    isConnected: false,
    config: {
      async sites() {
        most = Math.max(most, ++running)
        await gate.promise
        running--
        return undefined
      },
    },
  })
  onTestFinished(stack.close)
  const flood = Array.from({ length: 200 }, (_, index) => stack.track(LOGIN, { token: 'x', headers: { origin: `https://s${index}.example.com` } }))
  await until('50 look-ups', () => running === 50)
  const [first] = await Promise.all([Promise.race(flood), until('150 are turned away', () => stack.logged().split('site.lookup_failed').length > 150)])
  expect(first?.json.code).toBe('SITES_UNAVAILABLE')
  gate.resolve(undefined)
  const codes = (await Promise.all(flood)).map(({ json }) => json.code)
  expect(codes.filter((code) => code === 'ORIGIN_NOT_ALLOWED')).toHaveLength(50)
  expect(most).toBe(50)
})
