import { expect, it, onTestFinished } from 'vitest'
import { defineEvents } from '@trackline/shared'
import { installUrl } from '../../src/cli/connect.ts'
import { PORTAL, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

it.each([
  ['a developer key that is not good any more', { developerKey: 'withdrawn' }],
  ['an app that is not there', { appId: 2 }],
])('%s stops its target alone: what goes to another is delivered', async (_, hubspot) => {
  const stack = await startStack({
    config: { events: defineEvents({ login: {} }), hubspot },
    site: { targets: ['timeline-v3', 'contact-properties'] },
    isConnected: false,
  })
  onTestFinished(stack.close)
  await stack.followInstall(await installUrl(stack.server.parts, 'main'))
  for (const messageId of ['first', 'second', 'third']) {
    await stack.track({ event: 'login', messageId })
    const rowsOf = () => stack.server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId })
    const find = async (target: string) => (await rowsOf()).find((row) => row.target === target)
    await until(`${messageId} was looked at`, async () => (await find('timeline-v3'))?.code !== undefined && (await find('contact-properties'))?.state === 'delivered')
    expect(await find('timeline-v3')).toMatchObject({ state: 'due', code: 'HUBSPOT_FORBIDDEN', detail: expect.stringContaining('HubSpot would not list the event templates') })
  }
})
