import { describe, expect, it } from 'vitest'
import { createEmailResolver } from '../../src/identity/email-resolver.ts'
import { claim, lookup, SourceUnavailable } from '../../src/identity/email-source.ts'
import type { EmailLookup, EmailSource, Found, LookupSource } from '../../src/identity/email-source.ts'
import { clerkUser } from '../../src/identity/sources/clerk-user.ts'
import { simulateClerk } from './simulated-apis.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const ADA = { site: 'main', issuer: 'https://id.example.com', subject: 'ada' }
const FOUND = { kind: 'found', email: 'ada@example.com' }

/** A resolver with a clock of its own, and a source whose answers the test sets. */
function begin(rules: object = {}) {
  const clock = { ms: Date.UTC(2026, 10, 24, 12) }
  const log: string[] = []
  const source = { answer: 'ada@example.com' as Found | Error, asked: 0 }
  const find: EmailLookup = () => {
    source.asked += 1
    if (source.answer instanceof Error) throw source.answer
    return source.answer
  }
  const resolver = createEmailResolver({ now: () => new Date(clock.ms), random: () => 1, log: (line, story) => log.push(JSON.stringify({ story, ...line })) })
  const own = lookup(find)
  const resolveWith = (email: readonly EmailSource[], token?: string) => resolver.resolve({ name: 'main', email, ...rules }, ADA, token)
  return { clock, log, source, own, resolver, resolveWith, resolve: (token?: string) => resolveWith([claim('email'), own], token) }
}

describe('the email resolver', () => {
  it('remembers an email for 15 minutes', async () => {
    const { clock, source, resolve } = begin()
    expect(await resolve()).toEqual(FOUND)
    source.answer = 'lovelace@example.com'
    clock.ms += 15 * MINUTE - 1
    expect(await resolve()).toEqual(FOUND)
    clock.ms += 1
    expect(await resolve()).toEqual({ kind: 'found', email: 'lovelace@example.com' })
    expect(source.asked).toBe(2)
  })

  it.each([undefined, null, '', 'not an address', { email: '' }])('remembers "nobody" for 60 seconds: %j', async (answer) => {
    const { clock, source, resolve } = begin()
    source.answer = answer
    expect(await resolve()).toEqual({ kind: 'nobody' })
    source.answer = 'ada@example.com'
    clock.ms += MINUTE - 1
    expect(await resolve()).toEqual({ kind: 'nobody' })
    clock.ms += 1
    expect(await resolve()).toEqual(FOUND)
    expect(source.asked).toBe(2)
  })

  it('remembers by issuer, subject and site', async () => {
    const { source, resolver, own } = begin()
    const site = { name: 'main', email: [own] }
    for (const change of [{}, { issuer: 'other' }, { subject: 'eve' }, { site: 'shop' }]) await resolver.resolve(site, { ...ADA, ...change })
    expect(source.asked).toBe(4)
  })

  it('asks once for a person, however many want to know at the same time', async () => {
    const { promise, resolve: answer } = Promise.withResolvers<string>()
    let asked = 0
    const { resolveWith } = begin()
    const slow = lookup(() => ((asked += 1), promise))
    const all = Array.from({ length: 100 }, () => resolveWith([slow]))
    answer('ada@example.com')
    expect(await Promise.all(all)).toEqual(all.map(() => FOUND))
    expect(asked).toBe(1)
  })

  it('asks a source for four people at a time', async () => {
    const waiting: (() => void)[] = []
    let most = 0
    const { resolver } = begin()
    const source = lookup(() => new Promise((resolve) => (waiting.push(() => resolve('a@example.com')), (most = Math.max(most, waiting.length)))))
    const all = Promise.all(Array.from({ length: 20 }, (_, n) => resolver.resolve({ name: 'main', email: [source] }, { ...ADA, subject: String(n) })))
    while (waiting.length) {
      waiting.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await all).length).toBe(20)
    expect(most).toBe(4)
  })

  it('goes on to the next source where one knows nobody, and where one fails; the first that knows wins', async () => {
    const { resolveWith } = begin()
    const knows = lookup(() => 'ada@example.com')
    const never = lookup(() => Promise.reject(new Error('must not be asked')))
    expect(await resolveWith([lookup(() => undefined), knows, never])).toEqual(FOUND)
    expect(await resolveWith([lookup(() => Promise.reject(new Error('down'))), knows, never])).toEqual(FOUND)
  })

  it('tells "nobody" from "could not ask"', async () => {
    const { resolveWith } = begin()
    expect(await resolveWith([])).toEqual({ kind: 'nobody' })
    const fails = lookup(() => Promise.reject(new Error('down')))
    expect(await resolveWith([lookup(() => undefined), fails])).toEqual({ kind: 'unavailable' })
  })

  it('leaves a source alone that failed: for a second, then for twice as long each time, a minute at most', async () => {
    const { clock, source, resolve } = begin()
    source.answer = new Error('down')
    const asksAfter = async (ms: number) => {
      const before = source.asked
      clock.ms += ms
      expect(await resolve()).toEqual({ kind: 'unavailable' })
      return source.asked - before
    }
    await asksAfter(0)
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      expect([await asksAfter(seconds * SECOND - 1), await asksAfter(1)]).toEqual([0, 1])
    }
    source.answer = 'ada@example.com'
    clock.ms += MINUTE
    expect(await resolve()).toEqual(FOUND)
    source.answer = new Error('down again')
    clock.ms += 15 * MINUTE
    await resolve()
    expect(await asksAfter(SECOND)).toBe(1)
  })

  it("keeps to Clerk's Retry-After: not one request before", async () => {
    const api = await simulateClerk()
    const { clock, resolver } = begin()
    const site = { name: 'main', email: [clerkUser({ secretKey: 'sk_test_1', apiUrl: api.url, allowPrivate: true })] }
    const ask = (subject: string) => resolver.resolve(site, { site: 'main', subject })
    api.faults.push({ status: 429, headers: { 'retry-after': '5' } })
    expect(await ask('user_ada')).toEqual({ kind: 'unavailable' })
    clock.ms += 5 * SECOND - 1
    for (const subject of ['user_ada', 'user_new', 'user_phone']) expect(await ask(subject)).toEqual({ kind: 'unavailable' })
    expect(api.asked).toHaveLength(1)
    clock.ms += 1
    expect(await ask('user_ada')).toEqual({ kind: 'found', email: 'Ada@example.com' })
  })

  it('gives a source two seconds, and no source the time of another', async () => {
    const { resolveWith, log } = begin()
    let isAborted = false
    const hangs: LookupSource = {
      kind: 'lookup',
      name: 'hangs',
      open: () => ({ find: (_, { signal }) => new Promise(() => signal.addEventListener('abort', () => (isAborted = true))) }),
    }
    expect(await resolveWith([hangs, lookup(() => 'ada@example.com')])).toEqual(FOUND)
    expect(isAborted).toBe(true)
    expect(log.join()).toContain('no answer within 2000 ms')
  })

  it('gives the token only to a source that needs it, and without one asks it not', async () => {
    const { resolveWith } = begin()
    const given: unknown[] = []
    const source = (needs: boolean): LookupSource => ({
      kind: 'lookup',
      name: 'tells',
      ...(needs ? { needsToken: true as const } : {}),
      open: () => ({ find: (_, circumstances) => void given.push(circumstances.token) }),
    })
    expect(await resolveWith([source(true)])).toEqual({ kind: 'unavailable' })
    await resolveWith([source(true), source(false)], 'the token')
    expect(given).toEqual(['the token', undefined])
  })

  it.each([
    [undefined, 'found', 'found', 'nobody'],
    ['if-present' as const, 'found', 'found', 'nobody'],
    [true, 'nobody', 'found', 'nobody'],
    [false, 'found', 'found', 'found'],
  ])('requireVerified %s: an email of which nobody says, that is verified, that is not: %s, %s, %s', async (requireVerified, ...expected) => {
    const { resolveWith } = begin({ ...(requireVerified === undefined ? {} : { requireVerified }) })
    const said = [{}, { emailVerified: true }, { emailVerified: false }]
    const kinds = said.map(async (verified) => (await resolveWith([lookup(() => ({ email: 'ada@example.com', ...verified }))])).kind)
    expect(await Promise.all(kinds)).toEqual(expected)
  })

  it('an email that does not count is passed over for the next source', async () => {
    const { resolveWith } = begin()
    const unverified = lookup(() => ({ email: 'eve@example.com', emailVerified: false }))
    expect(await resolveWith([unverified, lookup(() => 'ada@example.com')])).toEqual(FOUND)
  })

  it('letters beyond ASCII count only where the site says so', async () => {
    const source = lookup(() => 'zoë@bücher.example')
    expect(await begin().resolveWith([source])).toEqual({ kind: 'nobody' })
    expect(await begin({ international: true }).resolveWith([source])).toEqual({ kind: 'found', email: 'zoë@bücher.example' })
  })

  it('logs why a source failed: what ours say, and of yours only the kind of error', async () => {
    const { resolveWith, log } = begin()
    await resolveWith([lookup(() => Promise.reject(new RangeError('ada@example.com is locked'))), lookup(() => Promise.reject(new SourceUnavailable('it answered 500')))])
    expect(log.join('\n')).toMatch(/RangeError/)
    expect(log.join('\n')).toMatch(/it answered 500/)
    expect(log.join('\n')).not.toMatch(/@/)
  })
})
