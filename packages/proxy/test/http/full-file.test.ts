import { afterAll, expect, it } from 'vitest'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const MAX_BYTES = 1_000_000
const MOST_REQUESTS = 100
const LARGE = { note: 'x'.repeat(15_000) }

const stack = await startStack({ config: { outbox: { maxBytes: MAX_BYTES } } })
afterAll(stack.close)
const track = () => stack.track(Array.from({ length: 4 }, () => ({ event: 'login', properties: { method: 'sso' }, extraData: LARGE })))

it('an SQLite file that has grown to outbox.maxBytes is full: events are answered 503, and the log says why', async () => {
  await stack.fail({ next: 1_000_000, status: 503 })
  let requests = 0
  const refused = await until('it is full', async () => {
    if (++requests > MOST_REQUESTS) throw new Error(`${requests} requests were taken`)
    const answer = await track()
    return answer.status === 503 && answer
  })
  expectProblem(refused, 'OUTBOX_UNAVAILABLE', 'the outbox is full')
  expect(stack.logged()).toMatch(/"why":"\d+ bytes are in use; outbox.maxBytes is 1000000".*outbox.full/)
  expect((await stack.server.parts.store.size()).usedBytes).toBeGreaterThanOrEqual(MAX_BYTES)
})
