import { boolean, date, defineEvents, number, oneOf, text } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import { describe, expect, it } from 'vitest'
import type { EventTypePlace } from '../../../src/flows/push-definitions/compare-event-types.ts'
import { events } from '../../stage/events.ts'
import { compare, openHubSpot, run, WAYS } from './open-hubspot.ts'
import type { Way } from './open-hubspot.ts'

const EVERY_KIND = defineEvents({
  login: {
    label: 'Logged in',
    properties: {
      text: text({ label: 'Words' }),
      number: number(),
      yes: boolean(),
      when: date({ contactProperty: 'last_login' }),
      one: oneOf(['a', 'b']),
    },
  },
})

/** Brings HubSpot from the first definitions to the second; says how, and what is left to do. */
async function pushBoth(way: Way, [first, second]: [EventDefinitions, EventDefinitions], where: Partial<EventTypePlace> = {}) {
  const hubspot = await openHubSpot()
  await run(await compare(hubspot, way, first))
  const plan = await compare(hubspot, way, second, where)
  const says = await run(plan)
  return { hubspot, plan, says, again: await compare(hubspot, way, second, where), stored: await hubspot.apis[way].list() }
}

it.each(['v3 by developer key', 'v3 by OAuth'] as const)('%s: what was added to a template between the plan and its doing stays', async (way) => {
  const [first, second] = ['Logged in', 'Came in'].map((header) => defineEvents({ login: { header, properties: { method: text() } } }))
  const hubspot = await openHubSpot()
  await run(await compare(hubspot, way, first ?? {}))
  const plan = await compare(hubspot, way, second ?? {})
  const [stored] = await hubspot.apis[way].list()
  if (!stored) throw new Error('there is none')
  await hubspot.apis[way].createProperty(stored, { name: 'device', label: 'device', type: 'string', options: [], stamps: undefined })
  await run(plan)
  const [updated] = await hubspot.apis[way].list()
  expect([updated?.header, updated?.properties.map(({ name }) => name)]).toEqual(['Came in', ['method', 'device']])
})

describe.each(WAYS)('%s', (way) => {
  const isCustom = way === 'custom events by OAuth'
  const noun = { 'v3 by developer key': 'event template', 'v3 by OAuth': 'event template', 'v1 by developer key': 'event type', 'custom events by OAuth': 'custom event' }[way]
  const propertyNoun = noun === 'event template' ? 'token' : 'property'

  it('creates what HubSpot lacks; then there is nothing left to do', async () => {
    const hubspot = await openHubSpot()
    const says = await run(await compare(hubspot, way, events))
    const names = isCustom ? ['login', 'transaction_initiated', 'transaction_completed', 'profile_changed'] : ['Logged in', 'Transaction initiated', 'Transaction completed', 'Profile changed']
    expect(says).toEqual(names.map((name) => `create the ${noun} '${name}'`))
    expect(await compare(hubspot, way, events)).toEqual({ steps: [], problems: [], notes: [] })
  })

  it('changes nothing until a step is run', async () => {
    const hubspot = await openHubSpot()
    await compare(hubspot, way, events)
    expect(await hubspot.apis[way].list()).toEqual([])
  })

  it('keeps every kind of property as HubSpot has it', async () => {
    const hubspot = await openHubSpot()
    await run(await compare(hubspot, way, EVERY_KIND))
    const [stored] = await hubspot.apis[way].list()
    expect(stored).toMatchObject({ name: isCustom ? 'login' : 'Logged in', label: 'Logged in', header: isCustom ? '' : 'Logged in' })
    expect(stored?.properties.map(({ name, label, type, options, stamps }) => [name, label, type, options.map(({ value }) => value), stamps])).toEqual([
      ['text', 'Words', 'string', [], undefined],
      ['number', 'number', 'number', [], undefined],
      ['yes', 'yes', 'enumeration', ['true', 'false'], undefined],
      ['when', 'when', 'date', [], isCustom ? undefined : 'last_login'],
      ['one', 'one', 'enumeration', ['a', 'b'], undefined],
    ])
  })

  it.each([
    ['a new property', { method: text(), device: text() }, `add the ${propertyNoun} 'device' to 'login'`, ['create device: string']],
    ['a new label', { method: text({ label: 'How' }) }, `update the ${propertyNoun} 'method' of 'login'`, ['delete method: string', "create method ('How'): string"]],
  ])('%s is brought to the event that is there', async (_, properties, says, lines) => {
    const push = await pushBoth(way, [defineEvents({ login: { properties: { method: text() } } }), defineEvents({ login: { properties } })])
    expect(push.says).toEqual([says])
    expect(push.plan.steps[0]?.lines.map(({ change, text }) => `${change} ${text}`)).toEqual(lines)
    expect(push.again.steps).toEqual([])
  })

  it('a new value of a oneOf is brought to HubSpot', async () => {
    const { says, again } = await pushBoth(way, [
      defineEvents({ login: { properties: { method: oneOf(['a']) } } }),
      defineEvents({ login: { properties: { method: oneOf(['a', 'b']) } } }),
    ])
    expect(says).toEqual([`update the ${propertyNoun} 'method' of 'login'`])
    expect(again.steps).toEqual([])
  })

  it('the label that a choice has in HubSpot stays, also when another choice comes', async () => {
    const hubspot = await openHubSpot()
    const login = (...values: string[]) => defineEvents({ login: { properties: { method: oneOf(values) } } })
    await run(await compare(hubspot, way, defineEvents({ login: {} })))
    const [stored] = await hubspot.apis[way].list()
    if (!stored) throw new Error('it was not created')
    await hubspot.apis[way].createProperty(stored, { name: 'method', label: 'method', type: 'enumeration', options: [{ value: 'sso', label: 'Single sign-on' }], stamps: undefined })
    expect((await compare(hubspot, way, login('sso'))).steps).toEqual([])
    await run(await compare(hubspot, way, login('sso', 'password')))
    const [after] = await hubspot.apis[way].list()
    expect(after?.properties[0]?.options).toEqual([{ value: 'sso', label: 'Single sign-on' }, { value: 'password', label: 'password' }])
    expect((await compare(hubspot, way, login('sso', 'password'))).steps).toEqual([])
  })

  it('a property that is gone stays in HubSpot, and is spoken of', async () => {
    const { plan, stored } = await pushBoth(way, [defineEvents({ login: { properties: { method: text() } } }), defineEvents({ login: {} })])
    expect(plan.steps).toEqual([])
    expect(plan.notes).toEqual([`kept, since nothing defines it (--delete removes it): ${propertyNoun} 'method' of 'login', in ${way}`])
    expect(stored[0]?.properties).toHaveLength(1)
  })

  it('a property that is gone is deleted where that is asked for, and its event stays', async () => {
    const both: [EventDefinitions, EventDefinitions] = [defineEvents({ login: { properties: { method: text(), device: text() } } }), defineEvents({ login: { properties: { device: text() } } })]
    const { says, stored, again } = await pushBoth(way, both, { isDeleting: true })
    expect(says).toEqual([`delete the ${propertyNoun} 'method' of 'login'`])
    expect(stored.map(({ name, properties }) => [name, properties.map((property) => property.name)])).toEqual([['login', ['device']]])
    expect(again.steps).toEqual([])
  })

  it('an event that is gone stays in HubSpot, unless deleting is asked for', async () => {
    const both: [EventDefinitions, EventDefinitions] = [defineEvents({ login: {}, logout: {} }), defineEvents({ login: {} })]
    const kept = await pushBoth(way, both)
    expect([kept.says, kept.stored.map(({ name }) => name)]).toEqual([[], ['login', 'logout']])
    expect(kept.plan.notes).toEqual([`kept, since nothing defines it (--delete removes it): 'logout', in ${way}`])
    const deleted = await pushBoth(way, both, { isDeleting: true })
    expect(deleted.stored.map(({ name }) => name)).toEqual(['login'])
    expect(deleted.says).toEqual([expect.stringMatching(`^delete the ${noun} 'logout', and with it its events`)])
  })

  it('where others define events too, theirs are left alone even then', async () => {
    const both: [EventDefinitions, EventDefinitions] = [defineEvents({ login: {}, logout: {} }), defineEvents({ login: {} })]
    const { says, plan } = await pushBoth(way, both, { isDeleting: true, isShared: true })
    expect([says, plan.notes]).toEqual([[], []])
  })

  it('a changed type is a problem, with what to do instead', async () => {
    const hubspot = await openHubSpot()
    await run(await compare(hubspot, way, defineEvents({ login: { properties: { amount: text() } } })))
    const plan = await compare(hubspot, way, defineEvents({ login: { properties: { amount: number() } } }))
    expect(plan.problems).toEqual(["HubSpot keeps 'amount' of 'login' as string and cannot change it to number: give the property another name"])
  })

  it('another kind of record is a problem, with what to do; nothing else is said of that event', async () => {
    const hubspot = await openHubSpot()
    await run(await compare(hubspot, way, { order: { objectType: 'companies', properties: { total: number() } } }))
    const takenWith = noun === 'custom event' ? 'its events' : 'its events in every account'
    const plan = await compare(hubspot, way, { order: { objectType: 'deals', header: 'Other', properties: { more: number() } } })
    expect(plan.steps).toEqual([])
    expect(plan.problems).toEqual([
      `HubSpot has the ${noun} 'order' for companies and cannot change it to deals: say objectType: 'companies', define the event under another name and label, or delete it in HubSpot, with ${takenWith}`,
    ])
    expect((await compare(hubspot, way, { order: { properties: {} } })).problems).toEqual([expect.stringContaining('cannot change it to contacts')])
    expect((await compare(hubspot, way, { order: { objectType: 'companies', properties: { total: number() } } }))).toEqual({ steps: [], problems: [], notes: [] })
  })

  it('finds an event by the id that the configuration gives, and brings its name up to date', async () => {
    const hubspot = await openHubSpot()
    await run(await compare(hubspot, way, defineEvents({ old: {} })))
    const [{ id = '' } = {}] = await hubspot.apis[way].list()
    if (isCustom) return
    const where = { ids: { login: id } }
    expect(await run(await compare(hubspot, way, defineEvents({ login: { label: 'New' } }), where))).toEqual([`update the texts of the ${noun} 'New'`])
    expect((await hubspot.apis[way].list()).map(({ name, header }) => [name, header])).toEqual([['New', 'New']])
    const lost = await compare(hubspot, way, defineEvents({ login: {} }), { ids: { login: '404' } })
    expect(lost.problems).toEqual([`hubspot.ids.login: HubSpot has no ${noun} '404': mend the id, or leave it out`])
  })
})

describe.each(WAYS.filter((way) => way !== 'custom events by OAuth'))('%s', (way) => {
  it.each([
    ['header', { header: 'Signed in by {{method}}' }, ['delete header: login', 'create header: Signed in by {{method}}']],
    ['detail', { detail: 'With {{method}}\nat last' }, ['create detail: With {{method}}', 'create detail: at last']],
  ])('a changed %s is brought up to date, and keeps the properties', async (_, change, lines) => {
    const properties = { method: text() }
    const { says, plan, again, stored } = await pushBoth(way, [{ login: { properties } }, { login: { properties, ...change } }])
    expect(says).toEqual([expect.stringMatching(/^update the texts of the event (template|type) 'login'$/)])
    expect(plan.steps[0]?.lines.map(({ change, text }) => `${change} ${text}`)).toEqual(lines)
    expect(again.steps).toEqual([])
    expect(stored[0]?.properties.map(({ name }) => name)).toEqual(['method'])
  })

  it('texts and properties that change together are all there at the end', async () => {
    const { again, stored } = await pushBoth(
      way,
      [
        { login: { properties: { method: text(), gone: text() } } },
        { login: { header: 'By {{device}}', properties: { device: text(), method: text({ label: 'How' }) } } },
      ],
      { isDeleting: true },
    )
    expect(stored[0]?.properties.map(({ name, label }) => [name, label])).toEqual([['method', 'How'], ['device', 'device']])
    expect(again.steps).toEqual([])
  })

  it('a new contact property is brought to the property that is there', async () => {
    const { again, stored } = await pushBoth(way, [{ login: { properties: { method: text() } } }, { login: { properties: { method: text({ contactProperty: 'last_method' }) } } }])
    expect(stored[0]?.properties[0]?.stamps).toBe('last_method')
    expect(again.steps).toEqual([])
  })
})

it('a changed label of a custom event is brought up to date', async () => {
  const { says, again, stored } = await pushBoth('custom events by OAuth', [{ login: {} }, { login: { label: 'Logged in' } }])
  expect(says).toEqual(["update the texts of the custom event 'login'"])
  expect([stored[0]?.label, again.steps]).toEqual(['Logged in', []])
})

it('custom events come in pages, and all of them are read', async () => {
  const hubspot = await openHubSpot()
  const many = defineEvents(Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`event_${at}`, {}])))
  await hubspot.post('/_emulator/limits', { per10s: null })
  await run(await compare(hubspot, 'custom events by OAuth', many))
  expect((await compare(hubspot, 'custom events by OAuth', many)).steps).toEqual([])
})

it("HubSpot's own properties of a custom event are no surplus", async () => {
  const hubspot = await openHubSpot()
  const token = JSON.parse(await (await fetch(`${hubspot.url}/_emulator/token?portal=62515`)).text()).access_token
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const body = JSON.stringify({ label: 'login', name: 'login', includeDefaultProperties: true })
  await fetch(`${hubspot.url}/events/2026-03/event-definitions`, { method: 'POST', headers, body })
  expect(await compare(hubspot, 'custom events by OAuth', { login: {} }, { isDeleting: true })).toEqual({ steps: [], problems: [], notes: [] })
})

describe("a refusal is told in HubSpot's words", () => {
  it('a developer key that it does not know, without the key', async () => {
    const hubspot = await openHubSpot()
    const failing = compare(hubspot, 'v3 by developer key', events, { api: hubspot.withKey('a wrong key') })
    await expect(failing).rejects.toThrow(/HubSpot would not list the event templates: /)
    await expect(failing).rejects.not.toThrow(/a wrong key/)
  })

  it('an account without an Enterprise subscription', async () => {
    const hubspot = await openHubSpot()
    await hubspot.post('/_emulator/accounts', { portal: 62515, enterprise: false })
    await expect(compare(hubspot, 'custom events by OAuth', events)).rejects.toThrow(/HubSpot would not list the custom events: .*Enterprise/)
  })
})
