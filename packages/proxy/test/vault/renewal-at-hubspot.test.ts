import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { PORTAL, startStack } from '../stage/start-stack.ts'

const LIFE_SECONDS = 1_800
const TOKEN_PATH = '/oauth/2026-03/token'

/** Runs on as every clock does, and is put forward by the tests. */
const clock = { ms: 0 }
const now = () => new Date(Date.now() + clock.ms)
const stack = await startStack({ world: { now }, emulator: { now, accessTokenSeconds: LIFE_SECONDS } })
const { vault } = stack.server.parts
afterAll(stack.close)
beforeEach(async () => {
  await stack.emulated('/_emulator/faults', 'DELETE')
  await stack.emulated('/_emulator/requests', 'DELETE')
})

async function renewals(): Promise<number> {
  const requests = await stack.emulated<{ path: string; count: number }[]>('/_emulator/requests')
  return requests.filter(({ path }) => path === TOKEN_PATH).reduce((sum, { count }) => sum + count, 0)
}

/** Runs in order: each test goes on from what the one before left behind. */
describe('renewal at HubSpot', () => {
  it("an event after the token's life is delivered with a new token, renewed once", async () => {
    clock.ms += LIFE_SECONDS * 1_000 + 1
    await stack.track({ event: 'login', properties: { method: 'sso' } })
    await stack.delivered('ada@example.com', 1)
    expect(await renewals()).toBe(1)
  })

  it("HubSpot's 500 to a renewal leaves the old token in use while it is good", async () => {
    const before = await vault.accessToken(PORTAL)
    clock.ms += LIFE_SECONDS * 950
    await stack.fail({ path: TOKEN_PATH, status: 500 })
    expect(await vault.accessToken(PORTAL)).toEqual(before)
    clock.ms += 30_000
    const after = await vault.accessToken(PORTAL)
    expect(after.kind).toBe('token')
    expect(after).not.toEqual(before)
  })

  it.each([
    ['a connection that is cut', { drop: true }],
    ['a 500', { status: 500 }],
    ['a 429', { status: 429 }],
  ])("after the token's life %s is GRANT_REFRESH_FAILED, and the next time is better", async (_, fault) => {
    clock.ms += LIFE_SECONDS * 1_000 + 1
    await stack.fail({ path: TOKEN_PATH, ...fault })
    expect(await vault.accessToken(PORTAL)).toMatchObject({
      kind: 'none',
      outcome: { kind: 'retry', code: 'GRANT_REFRESH_FAILED' },
    })
    expect((await vault.accessToken(PORTAL)).kind).toBe('token')
  })

  it('after an uninstall the account is to be reconnected, events are still accepted, and flow once it is', async () => {
    const token = await vault.accessToken(PORTAL)
    const authorization = `Bearer ${token.kind === 'token' ? token.accessToken : ''}`
    await fetch(`${stack.emulator.url}/appinstalls/2026-03/external-install`, { method: 'DELETE', headers: { authorization } })
    clock.ms += LIFE_SECONDS * 1_000 + 1
    expect(await vault.accessToken(PORTAL)).toMatchObject({
      outcome: { code: 'RECONNECT_NEEDED', detail: expect.stringContaining('BAD_REFRESH_TOKEN') },
    })
    expect((await stack.track({ event: 'login', properties: { method: 'password' } })).status).toBe(202)
    expect(await stack.timelineOf('ada@example.com')).toHaveLength(1)
    await stack.connect()
    await stack.delivered('ada@example.com', 2)
  })
})
