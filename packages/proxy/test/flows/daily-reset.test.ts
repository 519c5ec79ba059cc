import { expect, it, onTestFinished } from 'vitest'
import { msUntilMidnight, untilDailyReset } from '../../src/flows/deliver-events/daily-reset.ts'
import { deliverAccount } from '../../src/flows/deliver-events/deliver-account.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'
import { ACCOUNT, lease, NOW, severalEvents } from '../store/behaviour/store-stage.ts'
import { accountStages, delivered } from './account-stage.ts'

const HOUR_MS = 3_600_000
const LIMIT = { kind: 'snooze', forMs: HOUR_MS, code: 'HUBSPOT_DAILY_LIMIT', detail: 'You have reached your daily limit.' } as const

it.each([
  ['UTC', '2026-11-24T16:30:00Z', 7.5],
  ['Europe/Berlin', '2026-11-24T16:30:00Z', 6.5],
  ['America/New_York', '2026-11-24T16:30:00.250Z', 12.5 - 0.25 / 3_600],
  ['Asia/Kolkata', '2026-11-24T16:30:00Z', 2],
  ['Asia/Tokyo', '2026-11-24T15:00:00Z', 24],
  // Clocks are put back in that night: the day has 25 hours, and 23 in spring.
  ['Europe/Berlin', '2026-10-25T00:00:00Z', 23],
  ['Europe/Berlin', '2026-03-28T23:30:00Z', 22.5],
])('in %s at %s midnight is %d hours away', (timeZone, now, hours) => {
  expect(msUntilMidnight(new Date(now), timeZone) / HOUR_MS).toBeCloseTo(hours, 6)
})

it('a limit of the day waits until midnight in the account\'s time zone, and a moment of chance more', () => {
  const now = new Date('2026-11-24T16:30:00Z')
  expect(untilDailyReset(LIMIT, { timeZone: 'Asia/Kolkata', now, random: 0.5 })).toEqual({ ...LIMIT, forMs: 2 * HOUR_MS + 30_000 })
})

it('where the time zone is not known it looks every hour; no other outcome is changed', () => {
  const now = new Date('2026-11-24T16:30:00Z')
  expect(untilDailyReset(LIMIT, { timeZone: undefined, now, random: 0.5 })).toBe(LIMIT)
  const other = { ...LIMIT, code: 'HUBSPOT_RATE_LIMITED' } as const
  expect(untilDailyReset(other, { timeZone: 'UTC', now, random: 0.5 })).toBe(other)
})

const stage = accountStages()

it.each([
  ["in the account's time zone, until midnight", 'Asia/Kolkata', 9.5 * HOUR_MS + 30_000],
  ['where it is not known, for an hour', undefined, HOUR_MS],
])('the answer that leaves nothing of the day pauses the account like the refusal that would follow: %s', async (_where, timeZone, waitMs) => {
  const { store, parts, stateOf, sent, status, clock, leasable } = await stage(severalEvents(20), (rows) => ({ ...delivered(rows), limits: { dailyRemaining: 0 } }))
  const accessToken = async () => ({ kind: 'token' as const, accessToken: 'token', ...(timeZone === undefined ? {} : { timeZone }) })
  const held = await lease(store)
  expect(await deliverAccount({ ...parts, accessToken }, stateOf(held))).toBe('paused')
  await store.releaseLease(held)
  expect(sent.map((batch) => batch.length)).toEqual([8])
  expect(await status('m20')).toMatchObject({ state: 'due', attempts: 0 })
  clock.ms = NOW + waitMs - 1
  expect(await leasable()).toEqual([])
  clock.ms = NOW + waitMs
  expect(await leasable()).toMatchObject([{ account: ACCOUNT }])
})

it("a day's limit at HubSpot holds the account until its midnight, costs no attempt, and then everything goes on", async () => {
  const clock = { ms: Date.UTC(2026, 10, 24, 16, 30) - Date.now() }
  const now = () => new Date(Date.now() + clock.ms)
  const stack = await startStack({ world: { now }, emulator: { now, accessTokenSeconds: 86_400 }, isConnected: false })
  onTestFinished(stack.close)
  await stack.emulated('/_emulator/accounts', 'POST', { portal: 62515, timeZone: 'Asia/Kolkata' })
  await stack.connect()
  await stack.emulated('/_emulator/limits', 'POST', { perDay: 1 })
  const login = { event: 'login', properties: { method: 'sso' } }
  await stack.track({ ...login, messageId: 'first' })
  await stack.delivered('ada@example.com', 1)
  await stack.track({ ...login, messageId: 'second' })
  const { store } = stack.server.parts
  const [row] = await until('the second waits', async () => {
    const rows = await store.findEvent({ account: 62515, site: 'main', messageId: 'second' })
    return rows[0]?.code === 'HUBSPOT_DAILY_LIMIT' && rows
  })
  expect(row).toMatchObject({ state: 'due', attempts: 0 })
  const midnight = Date.UTC(2026, 10, 24, 18, 30)
  expect(row?.nextAttemptAt).toBeGreaterThanOrEqual(midnight)
  expect(row?.nextAttemptAt).toBeLessThan(midnight + 61_000)
  clock.ms += 2 * HOUR_MS + 61_000
  await stack.delivered('ada@example.com', 2)
})
