import { defineEvents } from '@trackline/shared'
import { describe, expect, it, onTestFinished } from 'vitest'
import { installUrl } from '../../src/cli/connect.ts'
import { openFaultStage, PORTAL } from '../hubspot/fault-stage.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const LOGIN = { event: 'login', properties: { method: 'sso', number: 1, note: 'x', since: '2026-11-20T08:00:00Z' } }
const NOBODY = '987654321'

describe.each(['timeline-v1', 'timeline-v3', 'app-events', 'custom-events'] as const)('%s', (target) => {
  it('an event of a record that HubSpot does not have dies alone, and keeps no other of its batch waiting', async () => {
    const { server, byServer, audit, close } = await openFaultStage(target, { batchSize: 100 })
    onTestFinished(close)
    const good = Array.from({ length: 8 }, (_, person) => ({ ...LOGIN, email: `person${person}@example.com` }))
    await byServer([...good.slice(0, 5), { ...LOGIN, messageId: 'nobody', objectId: NOBODY }, ...good.slice(5)])
    await until('each has its end', async () => (await audit()).queued === 0)
    expect(await audit()).toMatchObject({ delivered: 8, dead: 1 })
    const [row] = await server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId: 'nobody' })
    expect(row).toMatchObject({ state: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: expect.stringContaining(NOBODY) })
  })
})

it('custom-events: where the account lacks the definition, events of records wait for it as all others do, at the cost of two requests', async () => {
  const key = generateServerKey()
  const stack = await startStack({
    config: { events: defineEvents({ login: {} }), retry: { firstMs: 3_600_000, maxMs: 3_600_000 } },
    site: { targets: ['custom-events'], serverKeys: [key.digest] },
    isConnected: false,
  })
  onTestFinished(stack.close)
  const messages = Array.from({ length: 6 }, (_, index) => ({ event: 'login', messageId: `m${index}`, objectId: `${index + 1}` }))
  await stack.track(messages, { headers: { authorization: `Bearer ${key.key}` } })
  await stack.followInstall(await installUrl(stack.server.parts, 'main'))
  const rowOf = async (messageId: string) => (await stack.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId }))[0]
  await until('they were tried', async () => (await rowOf('m5'))?.code !== undefined)
  for (const { messageId } of messages) expect(await rowOf(messageId)).toMatchObject({ state: 'due', code: 'EVENT_TYPE_MISSING', detail: expect.stringContaining('no event definition') })
  const requests = await stack.emulated<{ path: string; status: number; count: number }[]>('/_emulator/requests')
  expect(requests.filter(({ path, status }) => path.startsWith('/events/') && status === 404).map(({ count }) => count)).toEqual([1, 1])
})
