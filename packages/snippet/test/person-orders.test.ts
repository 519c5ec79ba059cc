import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tab } from './engines/engine.ts'
import { ENGINES, titleOf } from './engines/engines.ts'
import { openFaultStage } from './faults/open-fault-stage.ts'
import type { FaultStage } from './faults/open-fault-stage.ts'
import { allOrders } from './faults/orders.ts'
import { playOrder } from './faults/play-order.ts'

/** Chromium plays every order, the others one of so many. */
const SHARE = { Chromium: 1, Firefox: 11, WebKit: 11 }

describe.each(ENGINES)('$name: ada is offline, then bob signs in', (engine) => {
  let stage: FaultStage
  beforeAll(async () => {
    if (!engine.missing) stage = await openFaultStage(engine)
  }, 120_000)
  afterAll(() => stage?.close())

  const orders = [...allOrders().entries()].filter(([number]) => number % SHARE[engine.name] === 0)
  it.skipIf(engine.missing)(`in ${orders.length} orders of sign-out, sign-in, reload, second tab and network no event is stored under the other${titleOf(engine)}`, async () => {
    let played = 0
    const waiting = orders.values()
    await Promise.all(stage.profiles.map(async (profile) => {
      const tabs: [Tab, Tab] = [await profile.newTab(), await profile.newTab()]
      for (const [number, order] of waiting) {
        await playOrder(stage, tabs, { order, name: `order-${number}-` }).catch((cause: unknown) => {
          throw new Error(`order ${number}: ${JSON.stringify(order)}`, { cause })
        })
        played++
      }
    }))
    expect(played).toBe(orders.length)
  }, orders.length * 10_000 + 60_000)
})
