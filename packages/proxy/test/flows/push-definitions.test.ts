import { boolean, date, defineEvents, number, oneOf, text } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import { startEmulator } from '@trackline/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contactPropertiesOf, planContactProperties, planTemplates } from '../../src/flows/push-definitions.ts'
import type { Step } from '../../src/flows/push-definitions.ts'
import { contactPropertiesApi } from '../../src/hubspot/contact-properties-api.ts'
import { templatesApi } from '../../src/hubspot/templates.ts'
import { events } from '../stage/events.ts'

const PORTAL = 62515

/** An emulator of the test's own, and the two interfaces that definitions are pushed through. */
async function openHubSpot() {
  const emulator = await startEmulator()
  onTestFinished(emulator.close)
  const endpoint = { baseUrl: emulator.url, fetch, timeoutMs: 5_000 }
  const answer = await fetch(`${emulator.url}/_emulator/token?portal=${PORTAL}`)
  const { access_token: accessToken }: { access_token: string } = JSON.parse(await answer.text())
  return {
    templates: templatesApi(endpoint, { appId: 1, developerKey: 'trackline-dev-key' }),
    properties: contactPropertiesApi(endpoint, accessToken),
    withKey: (developerKey: string) => templatesApi(endpoint, { appId: 1, developerKey }),
    withToken: (token: string) => contactPropertiesApi(endpoint, token),
  }
}

async function run(steps: Step[]): Promise<string[]> {
  for (const step of steps) await step.run()
  return steps.map((step) => step.says)
}

describe('planTemplates', () => {
  async function pushed(first: EventDefinitions, second: EventDefinitions) {
    const { templates } = await openHubSpot()
    await run(await planTemplates(first, templates))
    const steps = await planTemplates(second, templates)
    const says = await run(steps)
    return { templates, says, again: await planTemplates(second, templates) }
  }

  it('creates what HubSpot lacks; then there is nothing left to do', async () => {
    const { templates } = await openHubSpot()
    const says = await run(await planTemplates(events, templates))
    expect(says).toEqual(
      ['Logged in', 'Transaction initiated', 'Transaction completed', 'Profile changed'].map(
        (label) => `create the event template '${label}'`,
      ),
    )
    expect(await planTemplates(events, templates)).toEqual([])
  })

  it('plans and changes nothing until a step is run', async () => {
    const { templates } = await openHubSpot()
    await planTemplates(events, templates)
    expect(await templates.list()).toEqual([])
  })

  it('keeps every kind of property as the token that HubSpot has for it', async () => {
    const { templates } = await openHubSpot()
    const all = {
      text: text({ label: 'Words' }),
      number: number(),
      boolean: boolean(),
      date: date({ contactProperty: 'last_login' }),
      one: oneOf(['a', 'b']),
    }
    await run(await planTemplates(defineEvents({ login: { properties: all } }), templates))
    const [template] = await templates.list()
    expect(template).toMatchObject({ name: 'login', headerTemplate: 'login' })
    expect(
      template?.tokens.map(({ name, label, type, options = [], objectPropertyName }) => [
        name,
        label,
        type,
        options.map(({ value }) => value),
        objectPropertyName,
      ]),
    ).toEqual([
      ['text', 'Words', 'string', [], undefined],
      ['number', 'number', 'number', [], undefined],
      ['boolean', 'boolean', 'enumeration', ['true', 'false'], undefined],
      ['date', 'date', 'date', [], 'last_login'],
      ['one', 'one', 'enumeration', ['a', 'b'], undefined],
    ])
  })

  it.each([
    ['header', { header: 'Signed in by {{method}}' }],
    ['detail', { detail: 'With {{method}}' }],
  ])('a changed %s is brought up to date, and keeps the tokens', async (_, change) => {
    const properties = { method: text() }
    const { templates, says, again } = await pushed({ login: { properties } }, { login: { properties, ...change } })
    expect(says).toEqual(["update the texts of the event template 'login'"])
    expect(again).toEqual([])
    expect((await templates.list())[0]?.tokens.map(({ name }) => name)).toEqual(['method'])
  })

  it.each([
    ['a new property', { method: text(), device: text() }, "add the token 'device' to 'login'"],
    ['a new label', { method: text({ label: 'How' }) }, "update the token 'method' of 'login'"],
    ['a new contact property', { method: text({ contactProperty: 'last_method' }) }, "update the token 'method' of 'login'"],
  ])('%s is brought to the template that is there', async (_, properties, says) => {
    const before = defineEvents({ login: { properties: { method: text() } } })
    const push = await pushed(before, defineEvents({ login: { properties } }))
    expect(push.says).toEqual([says])
    expect(push.again).toEqual([])
  })

  it('a new value of a oneOf is brought to HubSpot', async () => {
    const { says, again } = await pushed(
      defineEvents({ login: { properties: { method: oneOf(['a']) } } }),
      defineEvents({ login: { properties: { method: oneOf(['a', 'b']) } } }),
    )
    expect(says).toEqual(["update the token 'method' of 'login'"])
    expect(again).toEqual([])
  })

  it('a property that is gone, or an event that is gone, stays in HubSpot: nothing is deleted', async () => {
    const { templates, says } = await pushed(
      defineEvents({ login: { properties: { method: text() } }, logout: {} }),
      defineEvents({ login: {} }),
    )
    expect(says).toEqual([])
    expect((await templates.list()).map(({ name, tokens }) => [name, tokens.length])).toEqual([
      ['login', 1],
      ['logout', 0],
    ])
  })

  it('a changed type is refused, with what to do instead, before anything is changed', async () => {
    const { templates } = await openHubSpot()
    await run(await planTemplates(defineEvents({ login: { properties: { amount: text() } } }), templates))
    const changed = defineEvents({ login: { header: 'New', properties: { amount: number() } }, logout: {} })
    await expect(planTemplates(changed, templates)).rejects.toThrow(
      "HubSpot keeps 'amount' of 'login' as string and cannot change it to number: give the property another name",
    )
    expect(await templates.list()).toHaveLength(1)
  })

  it.each([
    ['header', 1_000],
    ['detail', 10_000],
  ])('a %s longer than HubSpot takes (%i characters) is refused before it is sent', async (part, most) => {
    const { templates } = await openHubSpot()
    await expect(planTemplates(defineEvents({ login: { [part]: 'x'.repeat(most + 1) } }), templates)).rejects.toThrow(
      `the ${part} of 'login' has ${most + 1} characters: HubSpot takes at most ${most}`,
    )
    await run(await planTemplates(defineEvents({ login: { [part]: 'x'.repeat(most) } }), templates))
  })

  it("a developer key that HubSpot does not know is told in HubSpot's words, without the key", async () => {
    const { withKey } = await openHubSpot()
    const failing = planTemplates(events, withKey('a wrong key'))
    await expect(failing).rejects.toThrow(/HubSpot would not list the event templates: /)
    await expect(failing).rejects.not.toThrow(/a wrong key/)
  })
})

describe('planContactProperties', () => {
  it('creates the properties that definitions stamp; then there is nothing left to do', async () => {
    const { properties } = await openHubSpot()
    expect(await run(await planContactProperties(events, PORTAL, properties))).toEqual([
      "create the contact property 'last_login' in account 62515",
    ])
    expect(await planContactProperties(events, PORTAL, properties)).toEqual([])
    expect([...(await properties.list())]).toContain('last_login')
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
    expect(await run(await planContactProperties(defineEvents({ login: { properties: all } }), PORTAL, properties))).toHaveLength(
      5,
    )
  })

  it('one that several events stamp is created once', () => {
    const property = text({ contactProperty: 'last_thing' })
    expect([
      ...contactPropertiesOf(defineEvents({ a: { properties: { property } }, b: { properties: { other: property } } })).keys(),
    ]).toEqual(['last_thing'])
  })

  it('without any, HubSpot is not asked', async () => {
    const { withToken } = await openHubSpot()
    expect(await planContactProperties(defineEvents({ login: {} }), PORTAL, withToken('no such token'))).toEqual([])
  })

  it("a refusal is told in HubSpot's words", async () => {
    const { withToken } = await openHubSpot()
    await expect(planContactProperties(events, PORTAL, withToken('unknown'))).rejects.toThrow(
      /HubSpot would not list the contact properties: .*expired/,
    )
  })
})
