import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { resolveConfig } from '../../src/config.ts'
import type { Denial } from '../../src/outbox/store.ts'
import { startServer } from '../../src/server.ts'
import { realWorld } from '../../src/world.ts'
import { createClient, expectProblem } from '../stage/client.ts'
import { ISSUER, startProvider } from '../stage/identity-provider.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'
import { postgresStores } from '../store/open-postgres.ts'

const LOGIN = { event: 'login', properties: { method: 'sso' } }
const { newSchema } = postgresStores((await startPostgres()).url)
const ANYWHERE = { site: '', issuer: '' }

/** Two processes on one database, with one provider. */
async function stage() {
  const clock = { ms: 0 }
  const now = () => new Date(Date.now() + clock.ms)
  const provider = await startProvider(now)
  onTestFinished(provider.close)
  const one = await startStack({ isConnected: false, config: { store: newSchema().url }, site: { session: provider.session() }, world: { now, monotonicMs: undefined } })
  onTestFinished(one.close)
  const config = resolveConfig(one.options, join(one.folder, 'trackline.config.ts'))
  const server = await startServer(config, { ...realWorld({ logLevel: 'silent' }), now, monotonicMs: undefined })
  onTestFinished(server.stop)
  const both = [one, createClient({ server, emulator: one.emulator, config })]
  const statuses = (token: string) => Promise.all(both.map(async (each) => (await each.track(LOGIN, { token })).status))
  return { clock, provider, one, both, statuses, store: one.server.parts.store }
}

describe('somebody who is denied', () => {
  it.each<[string, (on: { sub: string; sid: string; jti: string }) => Denial]>([
    ['as a person', ({ sub }) => ({ kind: 'sub', value: sub, ...ANYWHERE })],
    ['as a person of this site and issuer', ({ sub }) => ({ kind: 'sub', value: sub, site: 'main', issuer: ISSUER })],
    ['by their sign-in', ({ sid }) => ({ kind: 'sid', value: sid, ...ANYWHERE })],
    ['by one token', ({ jti }) => ({ kind: 'jti', value: jti, ...ANYWHERE })],
  ])('%s is refused by every process, with a token that each of them remembers, and taken again when allowed', async (_, entry) => {
    const { provider, one, statuses, store } = await stage()
    const token = await provider.token({ claims: { sid: 's1' } })
    const [, payload = ''] = token.split('.')
    const denial = entry(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    expect(await statuses(token)).toEqual([202, 202])
    await store.deny(denial)
    await until('both processes refuse', async () => (await statuses(token)).every((status) => status === 401))
    expectProblem(await one.track(LOGIN, { token }), 'SESSION_INVALID', 'the session token cannot be trusted')
    expect(one.logged()).toContain('the session is on the deny list')
    await store.deny({ ...denial, until: Date.now() })
    await until('both processes take it', async () => (await statuses(token)).every((status) => status === 202))
  })

  it('is refused by a process that starts later, from its first request on', async () => {
    const { provider, one, store } = await stage()
    await store.deny({ kind: 'sub', value: 'ada', ...ANYWHERE })
    const config = resolveConfig(one.options, join(one.folder, 'trackline.config.ts'))
    const server = await startServer(config, realWorld({ logLevel: 'silent' }))
    onTestFinished(server.stop)
    const third = createClient({ server, emulator: one.emulator, config })
    expectProblem(await third.track(LOGIN, { token: await provider.token() }), 'SESSION_INVALID')
  })

  it('for a while is taken when it is over', async () => {
    const { clock, provider, statuses, store } = await stage()
    const token = await provider.token({ ttl: '2h' })
    await store.deny({ kind: 'sub', value: 'ada', ...ANYWHERE, until: Date.now() + 3_600_000 })
    await until('both processes refuse', async () => (await statuses(token)).every((status) => status === 401))
    clock.ms = 3_600_000
    expect(await statuses(token)).toEqual([202, 202])
  })

  it.each<[string, Denial]>([
    ['another person', { kind: 'sub', value: 'grace', ...ANYWHERE }],
    ['a person of that name on another site', { kind: 'sub', value: 'ada', site: 'other', issuer: '' }],
    ['a person of that name with another issuer', { kind: 'sub', value: 'ada', site: '', issuer: 'https://other.example.com/' }],
    ['a sign-in of that name', { kind: 'sid', value: 'ada', ...ANYWHERE }],
  ])('is not who is meant by %s', async (_, denial) => {
    const { provider, one, statuses, store } = await stage()
    await store.deny(denial)
    await one.server.parts.sessions.denials.refresh()
    expect((await statuses(await provider.token()))[0]).toBe(202)
  })
})

it('while the store cannot be asked, who was denied stays so', async () => {
  const { provider, one, store } = await stage()
  const { denials } = one.server.parts.sessions
  await store.deny({ kind: 'sub', value: 'ada', ...ANYWHERE })
  await denials.refresh()
  await store.close()
  await expect(denials.refresh()).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE' })
  expectProblem(await one.track(LOGIN, { token: await provider.token() }), 'SESSION_INVALID')
})
