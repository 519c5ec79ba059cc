import { afterEach, expect, it, vi } from 'vitest'
import { keepLease } from '../../src/flows/deliver-events/keep-lease.ts'

const LEASE = { account: 7, epoch: 1, owner: 'node-1', until: 10_000 }
const RENEW_EVERY_MS = 3_000

afterEach(() => void vi.useRealTimers())

it('when it has stopped no renewal is on its way, also where the store takes longer than from one to the next', async () => {
  vi.useFakeTimers({ now: 0 })
  let onTheirWay = 0
  const answers: (() => void)[] = []
  const renewLease = () => {
    onTheirWay += 1
    return new Promise<boolean>((resolve) => answers.push(() => resolve((onTheirWay -= 1) >= 0)))
  }
  const keeper = keepLease({ renewLease }, LEASE, () => new Date())
  await vi.advanceTimersByTimeAsync(2 * RENEW_EVERY_MS)
  const stopped = keeper.stop().then(() => onTheirWay)
  // The store is slow to answer the first, and quick with those after it.
  await vi.advanceTimersByTimeAsync(RENEW_EVERY_MS)
  while (answers.length) {
    answers.pop()?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  expect(await stopped).toBe(0)
})
