import { defineEvents, oneOf, text } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import { afterAll, expect, it } from 'vitest'
import { installUrl } from '../../src/cli/connect.ts'
import { planDefinitions } from '../../src/cli/plan-definitions.ts'
import { PORTAL, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

/** Longer than HubSpot's list of templates is believed where something is wrong. */
const LOOK_AGAIN_MS = 20_000
const clock = { ms: 0 }
const device = text({ optional: true })
const before = defineEvents({ login: { properties: { method: oneOf(['sso']) } }, logout: { properties: { reason: text({ optional: true }) } } })
const pushed = defineEvents({ login: { properties: { method: oneOf(['sso']), device } } })
const events = defineEvents({ login: { properties: { method: oneOf(['sso', 'fax']), device } }, logout: {} })
const stack = await startStack({ config: { events }, isConnected: false, world: { now: () => new Date(Date.now() + clock.ms) } })
const { server, followInstall, track, mint, delivered, audit } = stack
afterAll(stack.close)

async function push(definitions: EventDefinitions): Promise<void> {
  const parts = { ...server.parts, config: { ...server.parts.config, events: definitions } }
  for (const step of (await planDefinitions(parts)).steps) await step.run()
}

/** Runs in order: HubSpot has what was defined before, then what is defined now. */
it('an event waits while its template lacks a token, says which, holds up no others, and goes once it was pushed', async () => {
  await followInstall(await installUrl(server.parts, 'main'))
  await push(before)
  const token = await mint({ sub: 'grace', email: 'grace@example.com' })
  await track([{ event: 'login', messageId: 'new', properties: { method: 'sso', device: 'phone' } }, { event: 'login', messageId: 'old', properties: { method: 'sso' } }])
  await track([{ event: 'logout' }], { token })
  await delivered('grace@example.com', 1)
  const rowOf = async (messageId: string) => (await server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId }))[0]
  await until('both were looked at', async () => (await rowOf('new'))?.code !== undefined && (await rowOf('old'))?.code !== undefined)
  const waits = { state: 'due', code: 'EVENT_TYPE_MISSING', detail: `the event template has no token 'device' yet: run "trackline events push"` }
  expect([await rowOf('new'), await rowOf('old')]).toMatchObject([waits, waits])

  await push(pushed)
  clock.ms += LOOK_AGAIN_MS
  const sent = await delivered('ada@example.com', 2)
  expect(sent.map(({ tokens }) => tokens)).toEqual(expect.arrayContaining([{ method: 'sso', device: 'phone' }, { method: 'sso', device: '' }]))
})

it('a token that no definition has any more is sent without a value', async () => {
  const [event] = await delivered('grace@example.com', 1)
  expect(event?.tokens).toEqual({ reason: '' })
  expect((await audit()).dead).toBe(0)
})

it('a token that came since the templates were listed costs no event: the first that HubSpot refuses for it is tried again', async () => {
  const more = defineEvents({ logout: { properties: { reason: text({ optional: true }), by: text({ optional: true }) } } })
  await push(more)
  clock.ms += LOOK_AGAIN_MS
  const token = await mint({ sub: 'eve', email: 'eve@example.com' })
  await track([{ event: 'logout', messageId: 'late' }], { token })
  const [event] = await delivered('eve@example.com', 1)
  expect(event?.tokens).toEqual({ reason: '', by: '' })
  expect((await audit()).dead).toBe(0)
})

it('one that HubSpot refuses for what it holds is refused twice, and then dead', async () => {
  clock.ms += LOOK_AGAIN_MS
  await track([{ event: 'login', messageId: 'bad', properties: { method: 'fax' } }])
  await until('it is dead', async () => (await audit()).dead === 1)
  const [row] = await server.parts.store.findEvent({ account: PORTAL, site: 'main', messageId: 'bad' })
  expect(row).toMatchObject({ code: 'HUBSPOT_REJECTED_EVENT', attempts: 2, detail: expect.stringContaining('must be one of sso') })
})
