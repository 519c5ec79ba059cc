import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const MAX_ROWS = 5
/** How far ahead the server's clock is. */
const clock = { ms: 0 }
const stack = await startStack({ config: { outbox: { maxRows: MAX_ROWS } }, world: { now: () => new Date(Date.now() + clock.ms) } })
afterAll(stack.close)
const track = () => stack.track({ event: 'login', properties: { method: 'sso' } })

it('an outbox that is full answers 503 with Retry-After and says so; it takes events again once there is room', async () => {
  await stack.fail({ next: 1_000_000, status: 503 })
  for (let sent = 0; sent < MAX_ROWS; sent++) expect((await track()).status).toBe(202)
  const ready = async () => (await stack.send('/readyz')).status
  await until('it is full', async () => (await ready()) === 503)
  const refused = await track()
  expectProblem(refused, 'OUTBOX_UNAVAILABLE', 'the outbox is full')
  expect(refused.headers.get('retry-after')).toBe('30')
  expect((await stack.send('/metrics')).text).toMatch(/^trackline_outbox_full 1$/m)
  expect((await stack.send('/metrics')).text).toMatch(/^trackline_refused_requests_total\{code="OUTBOX_UNAVAILABLE"\} 1$/m)
  expect(await stack.audit()).toMatchObject({ received: MAX_ROWS, queued: MAX_ROWS })
  await refuseMixedBatch()
  expect(stack.logged()).toMatch(/"why":"it holds 5 rows; outbox.maxRows is 5".*outbox.full/)

  await stack.emulated('/_emulator/faults', 'DELETE')
  await stack.delivered('ada@example.com', MAX_ROWS)
  const { store, world } = stack.server.parts
  const forget = () => store.forgetOld({ now: world.now().getTime(), deliveredBefore: Infinity, deadBefore: 0, identifiedBefore: 0, limit: 10 })
  await until('it has room', async () => (await forget()) >= 0 && (await ready()) === 200)
  expect((await track()).status).toBe(202)
  expect(await stack.audit()).toMatchObject({ received: MAX_ROWS + 1 })
})

it('/readyz is red while nothing can be written, and green when it can be again', async () => {
  const disk = new DatabaseSync(join(stack.folder, 'outbox.db'), { timeout: 5_000 })
  disk.exec("create trigger refuse before insert on canary begin select raise(abort, 'database or disk is full'); end")
  const red = await stack.send('/readyz')
  expectProblem(red, 'OUTBOX_UNAVAILABLE', '')
  expect(red.headers.get('retry-after')).toMatch(/^\d+$/)
  disk.exec('drop trigger refuse')
  disk.close()
  expect((await stack.send('/readyz')).status).toBe(200)
})

it('/readyz is red, too, after an event could not be stored, although its own row can be: until one is, or for 2 seconds', async () => {
  const disk = new DatabaseSync(join(stack.folder, 'outbox.db'), { timeout: 5_000 })
  const ready = async () => (await stack.send('/readyz')).status
  const refuse = () => disk.exec("create trigger refuse before insert on outbox begin select raise(abort, 'database or disk is full'); end")
  refuse()
  expect(await ready()).toBe(200)
  expect((await track()).status).toBe(503)
  expectProblem(await stack.send('/readyz'), 'OUTBOX_UNAVAILABLE', '')
  disk.exec('drop trigger refuse')
  expect((await track()).status).toBe(202)
  expect(await ready()).toBe(200)

  refuse()
  expect((await track()).status).toBe(503)
  expect(await ready()).toBe(503)
  clock.ms += 2_000
  expect(await ready()).toBe(200)
  disk.exec('drop trigger refuse')
  disk.close()
})

/** The disk, too, refuses: neither what is full nor what cannot be counted may end more than the request. */
async function refuseMixedBatch(): Promise<void> {
  const disk = new DatabaseSync(join(stack.folder, 'outbox.db'), { timeout: 5_000 })
  disk.exec("create trigger refuse_counts before update on tallies begin select raise(abort, 'database or disk is full'); end")
  const unhandled: unknown[] = []
  const hear = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  const batch = [{ event: 'login', properties: { method: 'sso' } }, { event: 'no such event' }]
  expectProblem(await stack.track(batch), 'OUTBOX_UNAVAILABLE', 'the outbox is full')
  // By then the store has refused the counts, too: it answers in turn.
  await stack.audit()
  await setImmediate()
  process.off('unhandledRejection', hear)
  disk.exec('drop trigger refuse_counts')
  disk.close()
  expect(unhandled).toEqual([])
}
