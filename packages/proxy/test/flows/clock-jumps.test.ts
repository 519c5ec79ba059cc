import { expect, it, onTestFinished } from 'vitest'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const HOUR = 3_600_000
const EVENTS = 20
const EMAIL = 'ada@example.com'

/** The whole service on one SQLite file, on a machine whose clock shows what it is told. */
async function startWithClock() {
  const clock = { shift: 0 }
  const stack = await startStack({ world: { now: () => new Date(Date.now() + clock.shift) } })
  onTestFinished(stack.close)
  const send = async (name: string, events = EVENTS) => {
    const batch = Array.from({ length: events }, (_, index) => ({ event: 'login', messageId: `${name}-${index}`, properties: { method: 'sso' } }))
    expect((await stack.track(batch)).status).toBe(202)
  }
  return { stack, clock, send }
}

it('the clock jumps an hour ahead, back, and an hour back, while events come in: each is delivered, once', async () => {
  const { stack, clock, send } = await startWithClock()
  const shifts = [0, HOUR, 0, -HOUR, 0, HOUR, -HOUR]
  for (const [index, shift] of shifts.entries()) {
    clock.shift = shift
    await send(`jump-${index}`)
    await stack.delivered(EMAIL, (index + 1) * EVENTS)
  }
  const timeline = await stack.timelineOf(EMAIL)
  process.stdout.write(`clock jumps: ${shifts.length - 1}, ${timeline.length} events at HubSpot\n`)
  expect(timeline).toHaveLength(shifts.length * EVENTS)
  expect(timeline.every(({ writes }) => writes === 1)).toBe(true)
  expect(await stack.audit()).toMatchObject({ queued: 0, dead: 0, delivered: shifts.length * EVENTS })
})

it('what waits for a retry while the clock is set back waits until it has caught up, and is delivered then', async () => {
  const { stack, clock, send } = await startWithClock()
  clock.shift = HOUR
  // A wait of chance might be over at once.
  await stack.fail({ next: 1, status: 503, retryAfterSeconds: 60 })
  await send('waits', 1)
  await until('HubSpot has refused it', () => /"retry":1/.test(stack.logged()))
  clock.shift = 0
  await send('later', 1)
  expect(await stack.audit()).toMatchObject({ queued: 2, delivered: 0 })
  clock.shift = HOUR + 60_000
  await stack.delivered(EMAIL, 2)
  expect(await stack.audit()).toMatchObject({ queued: 0, delivered: 2 })
})
