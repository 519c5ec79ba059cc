import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { defineEvents, text } from '@trackline/shared'
import { planDefinitions } from '../../src/cli/plan-definitions.ts'
import { installUrl } from '../../src/cli/connect.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

/** Longer than a missing template is believed to be missing. */
const LOOK_AGAIN_MS = 20_000
const clock = { ms: 0 }
const events = defineEvents({ known: { properties: { word: text({ optional: true }) } }, unknown: {}, late: {} })
const stack = await startStack({ config: { events }, isConnected: false, world: { now: () => new Date(Date.now() + clock.ms) } })
const { server, followInstall } = stack
await followInstall(await installUrl(server.parts, 'main'))
afterAll(stack.close)
beforeEach(() => stack.emulated('/_emulator/faults', 'DELETE'))

const statusOf = async (messageId: string) =>
  (await stack.send(`/v1/events/${messageId}`, { headers: { authorization: `Bearer ${await stack.mint()}` } })).json
const codeOf = async (messageId: string) => JSON.stringify((await statusOf(messageId)).deliveries)
const push = async (name: string) => {
  for (const step of (await planDefinitions(server.parts)).steps) if (step.says.includes(`'${name}'`)) await step.run()
  clock.ms += LOOK_AGAIN_MS
}

/** Runs in order: HubSpot learns one template after the other. */
describe('an event that HubSpot has no template for', () => {
  it('waits with EVENT_TYPE_MISSING, and is delivered once it was pushed', async () => {
    await stack.track({ event: 'known', messageId: 'k' })
    await until('it waits', async () => (await codeOf('k')).includes('EVENT_TYPE_MISSING'))
    await push('known')
    await stack.delivered('ada@example.com', 1)
  })

  it('holds up none that has one, and shares none of their fate: of three, the poisoned one dies alone', async () => {
    const token = await stack.mint({ sub: 'many', email: 'many@example.com' })
    await stack.fail({ next: 2, status: 400 })
    await stack.track(
      ['unknown', 'known', 'known'].map((event, index) => ({ event, messageId: `m${index}` })),
      { token },
    )
    await stack.delivered('many@example.com', 1)
    const rows = await Promise.all(
      [0, 1, 2].map((index) => server.parts.store.findEvent({ account: 62515, site: 'main', messageId: `m${index}` })),
    )
    expect(rows.flat().map(({ state, code }) => [state, code])).toEqual([
      ['due', 'EVENT_TYPE_MISSING'],
      ['dead', 'HUBSPOT_REJECTED_EVENT'],
      ['delivered', undefined],
    ])
  })

  it('waits with what HubSpot said when it could not be looked up, and holds up none that is known', async () => {
    clock.ms += LOOK_AGAIN_MS
    const token = await stack.mint({ sub: 'eve', email: 'eve@example.com' })
    await stack.fail({ path: '/event-templates', status: 503, next: 1_000 })
    await stack.track([{ event: 'late', messageId: 'late' }, { event: 'known' }], { token })
    await stack.delivered('eve@example.com', 1)
    const [row] = await server.parts.store.findEvent({ account: 62515, site: 'main', messageId: 'late' })
    expect(row).toMatchObject({
      state: 'due',
      code: 'HUBSPOT_UNAVAILABLE',
      detail: expect.stringMatching(/would not list the event templates/),
    })
    await stack.emulated('/_emulator/faults', 'DELETE')
    await push('late')
    await stack.delivered('eve@example.com', 2)
  })

  it('is sent as soon as its account is connected anew, while no time passes', async () => {
    const began = new Date()
    const still = await startStack({ config: { events }, isConnected: false, world: { now: () => began } })
    onTestFinished(still.close)
    const connect = async () => still.followInstall(await installUrl(still.server.parts, 'main'))
    await connect()
    await still.track({ event: 'known', messageId: 'k' })
    const { store } = still.server.parts
    const codeNow = async () => (await store.findEvent({ account: 62515, site: 'main', messageId: 'k' }))[0]?.code
    await until('it waits', async () => (await codeNow()) === 'EVENT_TYPE_MISSING')
    for (const step of (await planDefinitions(still.server.parts)).steps) await step.run()
    await connect()
    await still.delivered('ada@example.com', 1)
  })
})
