import { expect, it } from 'vitest'
import { demoToken, install, openAccount, openEmulator } from '../open-account.ts'

it.each(['2026-09', '2026-03', 'v3'])('account-info/%s tells the account of the token, its time zone and what that is from UTC', async (version) => {
  const session = await openAccount()
  const path = `/account-info/${version}/details`
  expect((await session.get(path, session.token)).json).toMatchObject({ portalId: 62515, timeZone: 'UTC', utcOffset: '+00:00', utcOffsetMilliseconds: 0 })
  await session.post('/_emulator/accounts', { portal: 777, timeZone: 'Asia/Kolkata' })
  const other = await demoToken(session, 777)
  expect((await session.get(path, other)).json).toMatchObject({ portalId: 777, timeZone: 'Asia/Kolkata', utcOffset: '+05:30', utcOffsetMilliseconds: 19_800_000 })
  expect((await session.get(path)).status).toBe(401)
})

it("a day of calls ends at midnight in the account's time zone", async () => {
  const session = await openAccount()
  await session.post('/_emulator/accounts', { portal: 62515, timeZone: 'Asia/Kolkata' })
  await session.post('/_emulator/limits', { perDay: 1 })
  const call = async () => (await session.get('/account-info/v3/details', await demoToken(session))).status
  expect([await call(), await call()]).toEqual([200, 429])
  // 10:00 in UTC is 15:30 there.
  session.pass(8.5 * 3_600 - 1)
  expect(await call()).toBe(429)
  session.pass(1)
  expect(await call()).toBe(200)
})

it('with rotateRefreshTokens a renewal answers with a new refresh token, and the old one is worth nothing', async () => {
  const session = await openEmulator({ autoConsent: true })
  await session.post('/_emulator/limits', { rotateRefreshTokens: true })
  const { refreshToken } = await install(session, 'oauth timeline')
  const renew = (token: string) =>
    session.form('/oauth/2026-03/token', { grant_type: 'refresh_token', refresh_token: token, client_id: 'trackline-dev', client_secret: 'trackline-dev-secret' })
  const renewed = await renew(refreshToken)
  expect(renewed.status).toBe(200)
  const next = String(Reflect.get(Object(renewed.json), 'refresh_token'))
  expect(next).not.toBe(refreshToken)
  expect((await renew(refreshToken)).json).toMatchObject({ status: 'BAD_REFRESH_TOKEN' })
  expect((await renew(next)).status).toBe(200)
})

it('per10s: null lifts the limit of calls; a number sets it', async () => {
  const statuses = async (per10s: number | null) => {
    const session = await openAccount({ per10s })
    const answers = []
    for (let calls = 0; calls < 120; calls++) answers.push((await session.get('/account-info/v3/details', session.token)).status)
    return answers.filter((status) => status === 429).length
  }
  expect(await statuses(null)).toBe(0)
  expect(await statuses(50)).toBe(70)
})
