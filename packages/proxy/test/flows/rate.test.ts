import { afterAll, expect, it } from 'vitest'
import { setTimeout } from 'node:timers/promises'
import { anEvent } from '../store/behaviour/store-stage.ts'
import { PORTAL, startStack } from '../stage/start-stack.ts'

const EVENTS = 12_000
const stack = await startStack()
afterAll(stack.close)

it("at HubSpot's real limit more calls than one window holds go in full batches, and none is refused", { timeout: 60_000 }, async () => {
  const { store } = stack.server.parts
  const receivedAt = Date.now()
  const events = Array.from({ length: EVENTS }, (_, index) => anEvent({ account: PORTAL, messageId: `m${index}`, subject: `person${index}`, properties: { method: 'sso' }, receivedAt }))
  await store.enqueue(events)
  while ((await store.audit()).delivered < EVENTS) await setTimeout(100)
  const requests = JSON.parse(await (await fetch(`${stack.emulator.url}/_emulator/requests`)).text()) as { path: string; status: number; count: number }[] // As the emulator lists them.
  const sent = requests.filter(({ path }) => path.includes('/timeline/') && path.includes('/batch'))
  expect(sent.map(({ status }) => status)).toEqual([201])
  expect(sent[0]?.count).toBe(EVENTS / 100)
})
