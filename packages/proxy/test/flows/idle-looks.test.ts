import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startDelivery } from '../../src/flows/deliver-events/deliver-events.ts'
import { createTurns } from '../../src/hubspot/turns.ts'
import { ACCOUNT } from '../store/behaviour/store-stage.ts'
import { accountStages, delivered } from './account-stage.ts'

const stage = accountStages()
const WATCHED_MS = 500

it.each([
  ['', undefined],
  [', though an event for it comes every other millisecond', 2],
])('an account that is due and that nobody lets us have is not asked for hot%s', async (_, everyMs) => {
  const { store, parts } = await stage([{ messageId: 'm1' }], delivered)
  let looks = 0
  // Another process serves it, or holds a lock on its row.
  const leaseAccounts: typeof store.leaseAccounts = async () => {
    looks += 1
    return []
  }
  const world = { now: () => new Date(), sleep: (ms: number) => setTimeout(ms) }
  const createTurnsFor = (handover: string | undefined) => createTurns(world, handover)
  const delivery = startDelivery({ ...parts, ...world, store: { ...store, leaseAccounts }, owner: 'node-1', createTurns: createTurnsFor })
  const events = everyMs && setInterval(() => delivery.wake(ACCOUNT), everyMs)
  await setTimeout(WATCHED_MS)
  clearInterval(events)
  await delivery.stop()
  expect(looks).toBeGreaterThan(1)
  // Every 50 ms at all accounts, and as often by its name.
  expect(looks).toBeLessThan(30)
})
