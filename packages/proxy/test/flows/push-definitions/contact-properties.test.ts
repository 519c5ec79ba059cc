import { boolean, date, defineEvents, number, oneOf, text } from '@trackline/shared'
import { expect, it } from 'vitest'
import { contactPropertiesOf, planContactProperties } from '../../../src/flows/push-definitions/plan-contact-properties.ts'
import { events } from '../../stage/events.ts'
import { openHubSpot, PORTAL, run } from './open-hubspot.ts'

it('creates the properties that definitions stamp; then there is nothing left to do', async () => {
  const { properties } = await openHubSpot()
  expect(await run(await planContactProperties(events, PORTAL, properties))).toEqual(["create the contact property 'last_login' in account 62515"])
  expect((await planContactProperties(events, PORTAL, properties)).steps).toEqual([])
  expect([...(await properties.list()).keys()]).toContain('last_login')
})

it('creates one of each kind', async () => {
  const { properties } = await openHubSpot()
  const all = {
    a: text({ contactProperty: 'tl_text' }),
    b: number({ contactProperty: 'tl_number' }),
    c: boolean({ contactProperty: 'tl_yes' }),
    d: date({ contactProperty: 'tl_date' }),
    e: oneOf(['x'], { contactProperty: 'tl_one' }),
  }
  expect(await run(await planContactProperties(defineEvents({ login: { properties: all } }), PORTAL, properties))).toHaveLength(5)
  expect((await planContactProperties(defineEvents({ login: { properties: all } }), PORTAL, properties)).notes).toEqual([])
})

it('one that several events stamp is created once', () => {
  const property = text({ contactProperty: 'last_thing' })
  const twice = defineEvents({ a: { properties: { property } }, b: { properties: { other: property } } })
  expect([...contactPropertiesOf(twice).keys()]).toEqual(['last_thing'])
})

it('a choice that HubSpot does not know is added, and what is there stays', async () => {
  const { properties } = await openHubSpot()
  const events = (values: string[]) => defineEvents({ login: { properties: { method: oneOf(values, { contactProperty: 'last_method' }) } } })
  await run(await planContactProperties(events(['password', 'sso']), PORTAL, properties))
  const changed = await planContactProperties(events(['sso', 'passkey']), PORTAL, properties)
  expect(changed.steps).toMatchObject([{ change: 'update', lines: [{ change: 'create', text: 'passkey' }] }])
  expect(await run(changed)).toEqual(["add options to the contact property 'last_method' in account 62515"])
  const stored = (await properties.list()).get('last_method')
  expect(stored?.options).toMatchObject([{ value: 'password' }, { value: 'sso' }, { value: 'passkey' }])
  expect((await planContactProperties(events(['sso', 'passkey']), PORTAL, properties)).steps).toEqual([])
})

it('what was added between the plan and its doing stays', async () => {
  const { properties } = await openHubSpot()
  const events = defineEvents({ login: { properties: { method: oneOf(['sso', 'passkey'], { contactProperty: 'last_method' }) } } })
  await properties.create('last_method', oneOf(['sso']))
  const plan = await planContactProperties(events, PORTAL, properties)
  await properties.addOptions('last_method', ['magic link'])
  await run(plan)
  expect((await properties.list()).get('last_method')?.options).toMatchObject([{ value: 'sso' }, { value: 'magic link' }, { value: 'passkey' }])
})

it('one that several events stamp takes the choices of all of them', () => {
  const stamped = (...values: string[]) => ({ properties: { by: oneOf(values, { contactProperty: 'last_way' }) } })
  const both = defineEvents({ login: stamped('password', 'sso'), payment: stamped('card', 'sso') })
  expect(contactPropertiesOf(both).get('last_way')?.values).toEqual(['password', 'sso', 'card'])
})

it('one that is there with a type that does not take the values is spoken of', async () => {
  const { properties } = await openHubSpot()
  await properties.create('last_login', text())
  const { steps, notes } = await planContactProperties(events, PORTAL, properties)
  expect([steps, notes]).toEqual([[], ["account 62515 has the contact property 'last_login' as string, which takes no date: name another one"]])
})

it('without any, HubSpot is not asked', async () => {
  const { withToken } = await openHubSpot()
  expect((await planContactProperties(defineEvents({ login: {} }), PORTAL, withToken('no such token'))).steps).toEqual([])
})

it("a refusal is told in HubSpot's words", async () => {
  const { withToken } = await openHubSpot()
  await expect(planContactProperties(events, PORTAL, withToken('unknown'))).rejects.toThrow(/HubSpot would not list the contact properties: .*expired/)
})
