import { defineEvents, number, text } from '@trackline/shared'
import type { EventDefinitions } from '@trackline/shared'
import { expect, it } from 'vitest'
import { refuseUnfitEvents } from '../../src/hubspot/refuse-unfit-events.ts'
import type { TargetName } from '../../src/outbox/event.ts'

const many = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`p${at}`, number()]))

it.each<[string, TargetName, EventDefinitions, string]>([
  ['a name that the flat body needs', 'timeline-v1', { login: { properties: { portalId: text(), email: text() } } }, "timeline-v1 has a meaning of its own for 'login.portalId', 'login.email': rename the properties"],
  ['two events of one label', 'timeline-v3', { a: { label: 'Same' }, b: { label: 'Same' } }, "HubSpot would have one for 'a' and 'b', event types of the label 'Same': rename all but one"],
  ['an event whose name is the label of another', 'timeline-v1', { login: {}, b: { label: 'login' } }, "HubSpot would have one for 'login' and 'b'"],
  ['two events that are one custom event', 'custom-events', { logIn: {}, log_in: {} }, "HubSpot would have one for 'logIn' and 'log_in', custom events of the name 'log_in'"],
  ['two properties that are one of a custom event', 'custom-events', { login: { properties: { userId: text(), user_id: text() } } }, "HubSpot would have one for 'userId' and 'user_id', properties of 'login' of the name 'user_id'"],
  ['more properties than a custom event has', 'custom-events', { login: { properties: many } }, "custom-events takes 50 properties of an event: 'login' has 51"],
  ['a name that is no uid of an app event', 'app-events', { 'log in': {} }, "app-events takes letters, digits, _ and - in an event's name: rename 'log in'"],
])('%s stops the start, where %s is used, and nowhere else', (_, target, events, problem) => {
  expect(() => refuseUnfitEvents(defineEvents(events), new Set([target]))).toThrow(problem)
  expect(() => refuseUnfitEvents(defineEvents(events), new Set(['contact-properties']))).not.toThrow()
})

it('everything that does not fit is named at once', () => {
  const events = defineEvents({ 'log in': { properties: { id: text() } }, login: {} })
  expect(() => refuseUnfitEvents(events, new Set(['timeline-v1', 'app-events']))).toThrow(/'log in\.id'[^]*rename 'log in'/)
})
