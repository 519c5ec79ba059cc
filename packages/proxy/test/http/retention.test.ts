import { afterAll, expect, it } from 'vitest'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const DAY_MS = 24 * 3_600_000
/** Old events are looked for every ten seconds. */
const FORGOTTEN_WITHIN_MS = 25_000

/** How far ahead the server's clock is. */
const clock = { ms: 0 }
const stack = await startStack({ config: { outbox: { keepDeliveredDays: 2 } }, world: { now: () => new Date(Date.now() + clock.ms) } })
afterAll(stack.close)

it('the service forgets by itself what was delivered long enough ago, and goes on counting it', async () => {
  const { store } = stack.server.parts
  await stack.track([1, 2, 3].map((n) => ({ event: 'login', messageId: `m${n}`, properties: { method: 'sso' } })))
  await stack.delivered('ada@example.com', 3)
  await until('they are settled', async () => (await stack.audit()).delivered === 3)
  clock.ms = 2 * DAY_MS - 60_000
  expect((await store.size()).rows).toBe(3)
  clock.ms = 2 * DAY_MS + 60_000
  await until('they are forgotten', async () => (await store.size()).rows === 0, FORGOTTEN_WITHIN_MS)
  expect(await store.findRows({ messageId: 'm1' })).toEqual([])
  expect(await stack.audit()).toMatchObject({ received: 3, delivered: 3 })
}, 40_000)
