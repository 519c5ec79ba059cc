import { describe, expect, it } from 'vitest'
import { CLIENT, EVENTS, install, loginTemplate, openAccount, openEmulator, TEMPLATES } from '../open-account.ts'

const EVENT = { id: 'e-1', eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' } }

describe('a fault with a status', () => {
  it('answers the next calls with it, stores nothing, then stops', async () => {
    const { post, get, token } = await withFault({ next: 2, status: 503 })
    const statuses = [await post(EVENTS, EVENT, token), await post(EVENTS, EVENT, token)].map((answer) => answer.status)
    expect(statuses).toEqual([503, 503])
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await post(EVENTS, EVENT, token)).status).toBe(201)
    expect((await get('/_emulator/faults')).json).toEqual([])
  })

  it.each([
    [
      { status: 429 },
      {
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
        message: 'You have reached your ten_secondly_rolling limit.',
      },
    ],
    [
      { status: 429, policyName: 'DAILY' },
      { errorType: 'RATE_LIMIT', policyName: 'DAILY', message: 'You have reached your daily limit.' },
    ],
    [{ status: 401 }, { category: 'EXPIRED_AUTHENTICATION', context: { 'expire time': ['2026-11-22T09:59:59.000Z'] } }],
    [{ status: 400 }, { category: 'VALIDATION_ERROR' }],
    [{ status: 403 }, { category: 'BANNED' }],
    [{ status: 423 }, { category: 'LOCKED' }],
    [{ status: 477 }, { category: 'MIGRATION_IN_PROGRESS' }],
    [{ status: 500 }, { category: 'INTERNAL_ERROR' }],
    [{ status: 502 }, { message: 'answered 502 (asked for as a fault)' }],
  ])('%o has the body HubSpot would send', async (fault, body) => {
    const { post, token } = await withFault(fault)
    const { status, json } = await post(EVENTS, EVENT, token)
    expect(status).toBe(fault.status)
    expect(json).toMatchObject({ status: 'error', correlationId: expect.any(String), ...body })
  })

  it('sends Retry-After when asked, and not otherwise', async () => {
    const { post, token } = await withFault({ next: 1, status: 429, retryAfterSeconds: 2 })
    expect((await post(EVENTS, EVENT, token)).headers.get('retry-after')).toBe('2')
    await post('/_emulator/faults', { status: 477 })
    expect((await post(EVENTS, EVENT, token)).headers.get('retry-after')).toBeNull()
  })

  it('says that nothing remains when it is a 429', async () => {
    const { post, token } = await withFault({ status: 429 })
    const { headers } = await post(EVENTS, EVENT, token)
    expect([headers.get('x-hubspot-ratelimit-max'), headers.get('x-hubspot-ratelimit-remaining')]).toEqual(['110', '0'])
  })
})

describe('which calls a fault applies to', () => {
  it('is calls that write timeline events, single and in batches', async () => {
    const { post, get, token } = await withFault({ next: 2, status: 500 })
    expect((await get(TEMPLATES, token)).status).toBe(200)
    expect((await post(TEMPLATES, {}, token)).status).toBe(400)
    expect((await get(`${EVENTS}/1001/x`, token)).status).toBe(404)
    expect((await post(`${EVENTS}/batch/create`, { inputs: [] }, token)).status).toBe(500)
    expect((await post('/crm/v3/timeline/events', EVENT, token)).status).toBe(500)
  })

  it('is calls with the named path when there is one, OAuth too', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { refreshToken } = await install(session, 'oauth timeline')
    await session.post('/_emulator/faults', { next: 1, status: 400, path: '/oauth/2026-03/token' })
    const refresh = () =>
      session.form('/oauth/2026-03/token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...CLIENT })
    expect(await refresh()).toMatchObject({ status: 400, json: { status: 'BAD_REFRESH_TOKEN', error: 'invalid_grant' } })
    expect((await refresh()).status).toBe(200)
  })

  it('is never the controls themselves', async () => {
    const { post, get } = await openEmulator()
    await post('/_emulator/faults', { status: 500, path: '/' })
    expect((await get('/_emulator/faults')).json).toHaveLength(1)
    expect((await get('/')).status).toBe(500)
  })
})

describe('cut connections', () => {
  it('drop: the call fails and nothing is stored', async () => {
    const { post, get, token } = await withFault({ next: 1, drop: true })
    await expect(post(EVENTS, EVENT, token)).rejects.toThrow('fetch failed')
    expect((await get('/_emulator/events')).json).toEqual([])
    expect((await get('/_emulator/requests')).json).toContainEqual({ method: 'POST', path: EVENTS, status: 'dropped', count: 1 })
  })

  it('resetAfterAccept: the call fails and the event is stored', async () => {
    const { post, get, token } = await withFault({ next: 1, resetAfterAccept: true })
    await expect(post(EVENTS, EVENT, token)).rejects.toThrow('fetch failed')
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'e-1', writes: 1 }])
    expect((await post(EVENTS, EVENT, token)).status).toBe(201)
    expect((await get('/_emulator/events')).json).toMatchObject([{ id: 'e-1', writes: 2 }])
    expect((await get('/_emulator/requests')).json).toContainEqual({ method: 'POST', path: EVENTS, status: 'reset', count: 1 })
  })
})

describe('delays', () => {
  it('let a call through when they are over', async () => {
    const { post, token } = await withFault({ delayMs: 20 })
    expect((await post(EVENTS, EVENT, token)).status).toBe(201)
  })

  it('come before the ending they are asked for with', async () => {
    const { post, get, token } = await withFault({ delayMs: 30, status: 503 })
    expect((await post(EVENTS, EVENT, token)).status).toBe(503)
    expect((await get('/_emulator/events')).json).toEqual([])
  })

  it('hold a call back before anything is stored, and do not keep the emulator from closing', async () => {
    const { emulator, post, get, token } = await withFault({ delayMs: 600_000 })
    const waiting = post(EVENTS, EVENT, token).catch(() => 'cut')
    await expect.poll(async () => (await get('/_emulator/faults')).json).toEqual([])
    expect((await get('/_emulator/events')).json).toEqual([])
    await emulator.close()
    await waiting
  })
})

describe('several faults', () => {
  it('queue up in order', async () => {
    const { post, get, token } = await withFault({ next: 1, status: 503 })
    await post('/_emulator/faults', { next: 2, status: 429 })
    expect((await get('/_emulator/faults')).json).toMatchObject([
      { next: 1, status: 503 },
      { next: 2, status: 429 },
    ])
    const statuses: number[] = []
    for (let call = 0; call < 4; call += 1) statuses.push((await post(EVENTS, EVENT, token)).status)
    expect(statuses).toEqual([503, 429, 429, 201])
  })

  it('are cleared by DELETE', async () => {
    const { post, remove, token } = await withFault({ next: 100, status: 503 })
    expect((await remove('/_emulator/faults')).status).toBe(204)
    expect((await post(EVENTS, EVENT, token)).status).toBe(201)
  })
})

describe('a fault that makes no sense', () => {
  it.each([
    [{}, 'say what goes wrong'],
    [{ next: 3 }, 'say what goes wrong'],
    [{ next: 0, status: 500 }, '"next" must be a whole number from 1 to 1000000, not 0'],
    [{ status: 200 }, '"status" must be a whole number from 400 to 599, not 200'],
    [{ status: '429' }, '"status" must be a whole number from 400 to 599, not "429"'],
    [{ status: 429, retryAfterSeconds: -1 }, '"retryAfterSeconds" must be a whole number from 0'],
    [{ drop: true, retryAfterSeconds: 1 }, '"retryAfterSeconds" needs a "status"'],
    [{ status: 429, policyName: 'HOURLY' }, '"policyName" must be one of TEN_SECONDLY_ROLLING, SECONDLY, DAILY, not "HOURLY"'],
    [{ status: 503, policyName: 'DAILY' }, '"policyName" goes with "status": 429 only'],
    [{ drop: 'yes' }, '"drop" must be true or false, not "yes"'],
    [{ drop: true, status: 500 }, 'choose one of'],
    [{ drop: true, resetAfterAccept: true }, 'choose one of'],
    [{ delayMs: 700_000 }, '"delayMs" must be a whole number from 0 to 600000'],
    [{ status: 500, path: '' }, '"path" must not be empty'],
    [{ staus: 500 }, '"staus" is not a known field: choose from next, path, status'],
    [[], 'a fault must be a JSON object, not []'],
  ])('is refused: %o', async (fault, message) => {
    const { post, get } = await openEmulator()
    expect(await post('/_emulator/faults', fault)).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining(message) },
    })
    expect((await get('/_emulator/faults')).json).toEqual([])
  })
})

async function withFault(fault: Record<string, unknown>) {
  const session = await openAccount()
  await loginTemplate(session)
  expect((await session.post('/_emulator/faults', fault)).status).toBe(201)
  return session
}
