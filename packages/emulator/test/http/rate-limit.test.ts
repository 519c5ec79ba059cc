import { describe, expect, it } from 'vitest'
import { createRateLimit } from '../../src/http/rate-limit.ts'
import { demoToken, openAccount, openEmulator } from '../open-account.ts'

const CALL = '/crm/v3/properties/contacts/groups'

describe('the rolling window', () => {
  it('never lets more than its limit through in any ten seconds', () => {
    let at = 0
    const limit = createRateLimit({ now: () => new Date(at), per10s: () => 3 })
    const take = (ms: number) => {
      at = ms
      return limit.take('a')?.isRefused
    }
    expect([0, 9_000, 9_999, 9_999].map(take)).toEqual([false, false, false, true])
    expect([10_000, 10_001, 18_999, 19_000].map(take)).toEqual([false, true, true, false])
  })

  it('stays right over many more calls than the limit', () => {
    let at = 0
    const limit = createRateLimit({ now: () => new Date(at), per10s: () => 2000 })
    let passed = 0
    for (; at < 60_000; at += 1) if (limit.take('a')?.isRefused === false) passed += 1
    expect(passed).toBe(12_000)
  })
})

describe('limits per account', () => {
  it('answers 110 calls with counting headers, then 429 without Retry-After', async () => {
    const { get, token } = await openAccount()
    const remaining: (string | null)[] = []
    for (let call = 0; call < 110; call += 1)
      remaining.push((await get(CALL, token)).headers.get('x-hubspot-ratelimit-remaining'))
    expect([remaining.at(0), remaining.at(-1)]).toEqual(['109', '0'])
    const { status, json, headers } = await get(CALL, token)
    expect(status).toBe(429)
    expect(json).toMatchObject({
      status: 'error',
      errorType: 'RATE_LIMIT',
      policyName: 'TEN_SECONDLY_ROLLING',
      message: 'You have reached your ten_secondly_rolling limit.',
      correlationId: expect.any(String),
    })
    expect(headers.get('retry-after')).toBeNull()
    expect(headers.get('x-hubspot-ratelimit-max')).toBe('110')
    expect(headers.get('x-hubspot-ratelimit-interval-milliseconds')).toBe('10000')
    expect(headers.get('x-hubspot-ratelimit-daily')).toBeNull()
  })

  it('counts accounts apart, and lets calls pass again after ten seconds', async () => {
    const session = await openAccount()
    await session.post('/_emulator/limits', { per10s: 1 })
    const other = await demoToken(session, 777)
    expect((await session.get(CALL, session.token)).status).toBe(200)
    expect((await session.get(CALL, session.token)).status).toBe(429)
    expect((await session.get(CALL, other)).status).toBe(200)
    session.pass(10)
    expect((await session.get(CALL, session.token)).status).toBe(200)
  })

  it('does not limit OAuth calls', async () => {
    const { form, post } = await openEmulator()
    await post('/_emulator/limits', { per10s: 1 })
    for (let call = 0; call < 3; call += 1) expect((await form('/oauth/v3/token', {})).status).toBe(400)
  })

  it('is lifted with null, and then sends no headers', async () => {
    const { get, post, token } = await openAccount()
    expect((await post('/_emulator/limits', { per10s: null })).json).toMatchObject({ per10s: null })
    for (let call = 0; call < 120; call += 1) expect((await get(CALL, token)).status).toBe(200)
    expect((await get(CALL, token)).headers.get('x-hubspot-ratelimit-max')).toBeNull()
  })
})

describe('changing limits', () => {
  it('shortens the life of tokens issued from then on', async () => {
    const session = await openAccount()
    await session.post('/_emulator/limits', { accessTokenSeconds: 5 })
    const short = await demoToken(session)
    session.pass(5)
    expect((await session.get(CALL, short)).status).toBe(401)
    expect((await session.get(CALL, session.token)).status).toBe(200)
  })

  it.each([
    [{ per10s: 0 }, '"per10s" must be a whole number from 1 to 1000000, not 0'],
    [{ per10s: '5' }, '"per10s" must be a whole number from 1 to 1000000, not "5"'],
    [{ accessTokenSeconds: 1.5 }, '"accessTokenSeconds" must be a whole number from 1 to 86400, not 1.5'],
    [{ perDay: 0 }, '"perDay" must be a whole number from 1 to 1000000000, not 0'],
    [{ v1Era: 'get' }, '"v1Era" must be one of post, put, not "get"'],
    [{ perSecond: 5 }, '"perSecond" is not a known field: choose from per10s, accessTokenSeconds, perDay, v1Era, rotateRefreshTokens'],
  ])('refuses %o', async (body, message) => {
    const { post } = await openEmulator()
    expect(await post('/_emulator/limits', body)).toMatchObject({ status: 400, json: { message } })
  })
})
