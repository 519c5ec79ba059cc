import { quote } from '@trackline/shared'
import type { EventDefinition, EventDefinitions } from '@trackline/shared'
import type { TargetName } from '../outbox/event.ts'
import { toInternalName } from './internal-name.ts'

/** The body of v1 is flat: a property of one of these names would be taken for something else. `email` is the identity itself. */
const RESERVED_NAMES: readonly string[] = [
  'properties', 'applicationId', 'eventTypeId', 'extraData', 'id', 'objectType', 'objectId', 'portalId', 'timestamp', 'utk', 'email', 'domain', 'log',
  'lookup', 'timelineIFrame', 'eventTemplateId', 'tokens',
]
/** Most properties of a custom event. */
const MAX_CUSTOM_PROPERTIES = 50
/** HubSpot's names of app events. */
const UID = /^[A-Za-z0-9][A-Za-z0-9_-]*$/

/**
 * Makes sure that the targets in use can take the events as they are defined.
 *
 * @throws TypeError naming everything that does not fit, all at once
 */
export function refuseUnfitEvents(events: EventDefinitions, used: ReadonlySet<TargetName>): void {
  const problems = [
    ...(used.has('timeline-v1') ? reservedNames(events) : []),
    ...(used.has('timeline-v1') || used.has('timeline-v3') ? sameNames(Object.keys(events), (name) => events[name]?.label ?? name, 'event types of the label') : []),
    ...(used.has('app-events') ? unfitUids(events) : []),
    ...(used.has('custom-events') ? unfitCustomEvents(events) : []),
  ]
  if (problems.length) throw new TypeError(`the event definitions do not fit the targets:\n${problems.map((line) => `  ${line}`).join('\n')}`)
}

function reservedNames(events: EventDefinitions): string[] {
  const reserved = Object.entries(events).flatMap(([event, { properties = {} }]) =>
    Object.keys(properties).filter((name) => RESERVED_NAMES.includes(name)).map((name) => `'${event}.${name}'`),
  )
  return reserved.length ? [`timeline-v1 has a meaning of its own for ${reserved.join(', ')}: rename the properties`] : []
}

function unfitUids(events: EventDefinitions): string[] {
  const unfit = Object.keys(events).filter((name) => !UID.test(name))
  return unfit.map((name) => `app-events takes letters, digits, _ and - in an event's name: rename ${quote(name)}`)
}

function unfitCustomEvents(events: EventDefinitions): string[] {
  return [
    ...sameNames(Object.keys(events), toInternalName, 'custom events of the name'),
    ...Object.entries(events).flatMap(([name, definition]) => unfitCustomProperties(name, definition)),
  ]
}

function unfitCustomProperties(event: string, { properties = {} }: EventDefinition): string[] {
  const names = Object.keys(properties)
  const problems = sameNames(names, toInternalName, `properties of '${event}' of the name`)
  if (names.length <= MAX_CUSTOM_PROPERTIES) return problems
  return [...problems, `custom-events takes ${MAX_CUSTOM_PROPERTIES} properties of an event: '${event}' has ${names.length}`]
}

/** Two of ours that HubSpot would take for one. */
function sameNames(names: readonly string[], nameAtHubSpot: (name: string) => string, what: string): string[] {
  const owners = new Map<string, string[]>()
  for (const name of names) owners.set(nameAtHubSpot(name), [...(owners.get(nameAtHubSpot(name)) ?? []), `'${name}'`])
  return [...owners].flatMap(([shared, several]) => (several.length < 2 ? [] : [`HubSpot would have one for ${several.join(' and ')}, ${what} '${shared}': rename all but one`]))
}
