import { describe, expect, it } from 'vitest'
import { demoToken, EVENTS, loginTemplate, openAccount } from '../open-account.ts'

const CALL = '/crm/v3/properties/contacts/groups'

describe('the daily limit', () => {
  it('answers 429 with the policy DAILY once the day is used up, and lets calls pass after midnight UTC', async () => {
    const session = await openAccount()
    await session.post('/_emulator/limits', { perDay: 2 })
    for (const _call of [1, 2]) expect((await session.get(CALL, session.token)).status).toBe(200)
    const refused = await session.get(CALL, session.token)
    expect(refused).toMatchObject({
      status: 429,
      json: {
        status: 'error',
        errorType: 'RATE_LIMIT',
        policyName: 'DAILY',
        message: 'You have reached your daily limit.',
        correlationId: expect.any(String),
      },
    })
    expect(refused.headers.get('retry-after')).toBeNull()
    session.pass(14 * 60 * 60 - 1)
    expect((await session.get(CALL, await demoToken(session))).status).toBe(429)
    session.pass(1)
    expect((await session.get(CALL, await demoToken(session))).status).toBe(200)
  })

  it('counts accounts apart, and stores nothing of a refused call', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    await session.post('/_emulator/limits', { perDay: 1 })
    const event = { eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' } }
    expect((await session.post(EVENTS, event, session.token)).status).toBe(201)
    expect((await session.post(EVENTS, event, session.token)).status).toBe(429)
    expect((await session.post(EVENTS, event, await demoToken(session, 777))).status).toBe(201)
    expect((await session.get('/_emulator/events?portal=62515')).json).toHaveLength(1)
  })

  it('tells private apps what is left of the day, and OAuth apps never', async () => {
    const session = await openAccount()
    await session.post('/_emulator/limits', { perDay: 3 })
    const privateApp = await demoToken(session, 62515, 'private-app')
    const dailyHeaders = async (token: string) => {
      const { headers } = await session.get(CALL, token)
      return [headers.get('x-hubspot-ratelimit-daily'), headers.get('x-hubspot-ratelimit-daily-remaining')]
    }
    expect(await dailyHeaders(session.token)).toEqual([null, null])
    expect(await dailyHeaders(privateApp)).toEqual(['3', '1'])
    expect(await dailyHeaders(privateApp)).toEqual(['3', '0'])
    expect(await dailyHeaders(privateApp)).toEqual(['3', '0'])
  })

  it('does not take from the ten seconds when it refuses, nor they from it', async () => {
    const session = await openAccount()
    const get = async () => (await session.get(CALL, session.token)).json
    await session.post('/_emulator/limits', { perDay: 2, per10s: 1 })
    await get()
    expect(await get()).toMatchObject({ policyName: 'TEN_SECONDLY_ROLLING' })
    session.pass(10)
    expect(await get()).toHaveProperty('results')
    session.pass(10)
    expect(await get()).toMatchObject({ policyName: 'DAILY' })
    expect(await get()).toMatchObject({ policyName: 'DAILY' })
    await session.post('/_emulator/limits', { perDay: null })
    expect(await get()).toHaveProperty('results')
  })
})
