import { date, defineEvents, elapsed, number, oneOf, previous, text } from '@trackline/shared'
import { describe, expect, it } from 'vitest'

describe('definitions that cannot work stop the start', () => {
  it.each([
    ['an event name that HubSpot would not show', { ' login': {} }, "' login' must be 1–100 letters"],
    ['a property name with a space', { login: { properties: { 'a b': text() } } }, "'login.a b': the name must be 1–50 letters"],
    ['a helper of the template language', { login: { properties: { log: text() } } }, "'login.log': HubSpot reserves this name"],
    ['an enumeration without values', { login: { properties: { method: oneOf([]) } } }, "'login.method': oneOf needs at least one value"],
    ['a derivation from an event that is not defined', { login: { properties: { last: date({ derive: previous('logn') }) } } }, "'login.last': derived from 'logn', which is not defined (did you mean 'login'?)"],
    ['elapsed by a property that one of the two lacks', { start: {}, stop: { properties: { id: text(), took: number({ derive: elapsed('start', { by: 'id' }) }) } } }, "'stop.took': elapsed by 'id': 'start' has no property of that name that a client sends"],
    ['a moment that is kept for ever', { stop: { properties: { id: text(), took: number({ derive: elapsed('stop', { by: 'id', forgetAfterDays: 400 }) }) } } }, 'forgetAfterDays must be 1–365: got 400'],
    ['a misspelt name in a template', { login: { header: 'Logged in with {{metod}}', properties: { method: text() } } }, "'login': the header names 'metod', which is no property (did you mean 'method'?)"],
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

it('gives back what it was given', () => {
  const events = { login: { label: 'Logged in', properties: { method: oneOf(['sso']) } } }
  expect(defineEvents(events)).toBe(events)
})
