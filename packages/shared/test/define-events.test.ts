import { date, defineEvents, elapsed, number, oneOf, previous, text } from '@trackline/shared'
import { describe, expect, it } from 'vitest'

describe('definitions that cannot work stop the start', () => {
  it.each([
    ['an event name that HubSpot would not show', { ' login': {} }, "' login' must be 1–100 letters"],
    ['a property name with a space', { login: { properties: { 'a b': text() } } }, "'login.a b': the name must be 1–50 letters"],
    ['a helper of the template language', { login: { properties: { log: text() } } }, "'login.log': HubSpot reserves this name"],
    ['a name that every object has', { login: { properties: { toString: text() } } }, "'login.toString': every object has something of this name"],
    ['an enumeration without values', { login: { properties: { method: oneOf([]) } } }, "'login.method': oneOf needs at least one value"],
    ['a derivation from an event that is not defined', { login: { properties: { last: date({ derive: previous('logn') }) } } }, "'login.last': derived from 'logn', which is not defined (did you mean 'login'?)"],
    ['elapsed by a property that one of the two lacks', { start: {}, stop: { properties: { id: text(), took: number({ derive: elapsed('start', { by: 'id' }) }) } } }, "'stop.took': elapsed by 'id': 'start' has no property of that name that a client sends"],
    ['a moment that is kept for ever', { stop: { properties: { id: text(), took: number({ derive: elapsed('stop', { by: 'id', forgetAfterDays: 400 }) }) } } }, 'forgetAfterDays must be 1–365: got 400'],
    ['a misspelt name in a template', { login: { header: 'Logged in with {{metod}}', properties: { method: text() } } }, "the header of 'login': line 1, column 16: 'metod' is no property (did you mean 'method'?)"],
    ['a template that cannot be read', { login: { detail: 'Hello\n{{#if method}}there', properties: { method: text() } } }, "the detail of 'login': line 2, column 1: '{{#if method}}' is never closed: '{{/if}}' was expected"],
    ['a header longer than HubSpot takes', { login: { header: 'x'.repeat(1_001) } }, "the header of 'login': it has 1001 characters: HubSpot takes at most 1000"],
    ['a detail longer than HubSpot takes', { login: { detail: 'x'.repeat(10_001) } }, "the detail of 'login': it has 10001 characters: HubSpot takes at most 10000"],
    ['a label longer than HubSpot takes', { login: { label: 'x'.repeat(51) } }, "'login': the label has 51 characters, HubSpot takes at most 50"],
    ['a name that would be a label longer than HubSpot takes', { ['x'.repeat(51)]: {} }, 'the name has 51 characters, HubSpot takes at most 50: give it a shorter label'],
    ['more properties than HubSpot takes', { login: { properties: Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`p${at}`, text()])) } }, "'login' has 501 properties: HubSpot takes at most 500"],
    ['a contact property by its label', { login: { properties: { last: date({ contactProperty: 'Last Login' }) } } }, "'login.last': contactProperty must be HubSpot's internal name, of lower-case letters, digits and _, a letter first: got 'Last Login'"],
    ['a contact property of two kinds', { login: { properties: { a: date({ contactProperty: 'x' }) } }, logout: { properties: { b: text({ contactProperty: 'x' }) } } }, "the contact property 'x' can be of one kind: 'login.a' a date, 'logout.b' a text"],
    ['a kind of record that HubSpot has no timeline for', { login: { objectType: 'contact' as 'contacts' } }, "'login': objectType must be one of contacts, companies, deals: got 'contact' (did you mean 'contacts'?)"],
    ["a contact property of a company's event", { paid: { objectType: 'companies' as const, properties: { at: date({ contactProperty: 'paid_at' }) } } }, "'paid.at': contactProperty is for events of contacts, and 'paid' is one of companies"],
    ['no event at all', {}, 'no event is defined'],
  ])('%s', (_, events, problem) => {
    expect(() => defineEvents(events)).toThrow(problem)
  })

  it('all of them are named at once', () => {
    const define = () => defineEvents({ '': {}, login: { properties: { log: text(), last: date({ derive: previous('nothing') }) } } })
    expect(define).toThrow(/''(.|\n)*'login.log'(.|\n)*'login.last'/)
  })
})

it('templates may name properties, the time, extraData, and inside #each what the list has', () => {
  const detail = '{{#if method}}{{method}}{{else}}-{{/if}} {{#formatDate timestamp}}{{/formatDate}} {{extraData.a}} {{#each extraData.items}}{{label}}{{/each}}'
  expect(() => defineEvents({ login: { header: '{{ method }}', detail, properties: { method: text() } } })).not.toThrow()
})

it('what fills a limit of HubSpot to the brim is taken', () => {
  const properties = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`p${at}`, text()]))
  const full = { label: 'x'.repeat(50), header: 'x'.repeat(1_000), detail: 'x'.repeat(10_000), properties }
  expect(() => defineEvents({ ['x'.repeat(100)]: full })).not.toThrow()
})

it('gives back what it was given', () => {
  const events = { login: { label: 'Logged in', properties: { method: oneOf(['sso']) } } }
  expect(defineEvents(events)).toBe(events)
})
