import type { EventDefinition, EventDefinitions, ObjectType } from './define-events.ts'
import type { Property } from './property.ts'
import { didYouMean } from './did-you-mean.ts'
import { findTemplateProblems } from './find-template-problems.ts'
import { quote } from './quote.ts'

const EVENT_NAME = /^[A-Za-z0-9][A-Za-z0-9 _.:-]{0,99}$/
const PROPERTY_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}$/
const CONTACT_PROPERTY = /^[a-z][a-z0-9_]{0,99}$/
/** HubSpot's template language has helpers of these names; the others would reach an object's prototype. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['log', 'lookup', '__proto__', 'constructor', 'prototype'])
const MAX_EVENTS = 200
/** HubSpot's limits: app events reference, "Event type limits". */
const MAX_LABEL_LENGTH = 50
const MAX_PROPERTIES = 500
// Not the list of `define-events.ts`, which imports this file; the type keeps the two the same.
const OBJECT_TYPES: readonly ObjectType[] = ['contacts', 'companies', 'deals']

/** Says, a line each, what is wrong with these definitions. [] when nothing is. */
export function findDefinitionProblems(events: EventDefinitions): string[] {
  const names = Object.keys(events)
  const problems = names.flatMap((name) => eventProblems(events, name))
  problems.push(...stampProblems(events))
  if (names.length === 0) problems.push('no event is defined: define at least one')
  if (names.length > MAX_EVENTS) problems.push(`${names.length} events are defined: at most ${MAX_EVENTS} can be`)
  return problems
}

function eventProblems(events: EventDefinitions, name: string): string[] {
  const definition = events[name]
  if (!definition) return [`'${name}' must be an object`]
  const problems = Object.entries(definition.properties ?? {}).flatMap(([propertyName, property]) =>
    propertyProblems(events, definition, { propertyName, property }).map((line) => `'${name}.${propertyName}': ${line}`),
  )
  problems.push(...limitProblems(name, definition), ...objectTypeProblems(name, definition), ...templateProblems(name, definition))
  if (!EVENT_NAME.test(name) || RESERVED_NAMES.has(name)) {
    problems.unshift(`'${name}' must be 1–100 letters, digits, spaces or _ . : - and begin with a letter or digit`)
  }
  return problems
}

function limitProblems(name: string, { label, properties = {} }: EventDefinition): string[] {
  const shown = label ?? name
  const problems: string[] = []
  if (shown.trim() === '') problems.push(`'${name}': the label must say something`)
  if (shown.length > MAX_LABEL_LENGTH) {
    const remedy = label === undefined ? ': give it a shorter label' : ''
    problems.push(`'${name}': the ${label === undefined ? 'name' : 'label'} has ${shown.length} characters, HubSpot takes at most ${MAX_LABEL_LENGTH}${remedy}`)
  }
  const count = Object.keys(properties).length
  if (count > MAX_PROPERTIES) problems.push(`'${name}' has ${count} properties: HubSpot takes at most ${MAX_PROPERTIES}`)
  return problems
}

/** A contact property has one type, so whatever sets it must be of one kind. */
function stampProblems(events: EventDefinitions): string[] {
  const kinds = new Map<string, Map<string, string>>()
  for (const [event, definition] of Object.entries(events)) {
    for (const [name, property] of Object.entries(definition?.properties ?? {})) {
      const stamped = property?.contactProperty
      if (stamped !== undefined) kinds.set(stamped, (kinds.get(stamped) ?? new Map()).set(property.kind, `'${event}.${name}' a ${property.kind}`))
    }
  }
  return [...kinds].flatMap(([stamped, byKind]) => (byKind.size < 2 ? [] : [`the contact property '${stamped}' can be of one kind: ${[...byKind.values()].join(', ')}`]))
}

function objectTypeProblems(name: string, { objectType = 'contacts', properties = {} }: EventDefinition): string[] {
  if (!OBJECT_TYPES.includes(objectType)) {
    return [`'${name}': objectType must be one of ${OBJECT_TYPES.join(', ')}: got '${String(objectType)}'${didYouMean(String(objectType), OBJECT_TYPES)}`]
  }
  if (objectType === 'contacts') return []
  const stamping = Object.entries(properties).filter(([, { contactProperty }]) => contactProperty !== undefined)
  return stamping.map(([property]) => `'${name}.${property}': contactProperty is for events of contacts, and '${name}' is one of ${objectType}`)
}

interface NamedProperty {
  propertyName: string
  property: Property
}

function propertyProblems(events: EventDefinitions, definition: EventDefinition, { propertyName, property }: NamedProperty): string[] {
  const problems: string[] = []
  if (typeof property?.kind !== 'string') return ['a property must be made by text, number, boolean, date or oneOf']
  if (!PROPERTY_NAME.test(propertyName)) problems.push('the name must be 1–50 letters, digits or _ . -')
  if (RESERVED_NAMES.has(propertyName)) problems.push('HubSpot reserves this name: choose another')
  if (propertyName in Object.prototype) problems.push('every object has something of this name: choose another')
  const { contactProperty } = property
  if (contactProperty !== undefined && !CONTACT_PROPERTY.test(contactProperty)) {
    problems.push(`contactProperty must be HubSpot's internal name, of lower-case letters, digits and _, a letter first: got ${quote(contactProperty)}`)
  }
  if (property.kind === 'oneOf' && !property.values?.length) problems.push('oneOf needs at least one value')
  return property.derive ? [...problems, ...derivationProblems(events, definition, property.derive)] : problems
}

function derivationProblems(events: EventDefinitions, definition: EventDefinition, derive: NonNullable<Property['derive']>): string[] {
  const source = Object.hasOwn(events, derive.event) ? events[derive.event] : undefined
  if (!source) return [`derived from '${derive.event}', which is not defined${didYouMean(derive.event, Object.keys(events))}`]
  if (derive.kind !== 'elapsed' || derive.by === undefined) return []
  const days = derive.forgetAfterDays
  const problems = days === undefined || (days >= 1 && days <= 365) ? [] : [`forgetAfterDays must be 1–365: got ${days}`]
  for (const [whose, event] of [[`'${derive.event}'`, source], ['this event', definition]] as const) {
    const by = event.properties?.[derive.by]
    if (!by || by.derive) problems.push(`elapsed by '${derive.by}': ${whose} has no property of that name that a client sends`)
  }
  return problems
}

/** A template that HubSpot would refuse, or in which a misspelt name shows nothing, is a mistake to know of at the start. */
function templateProblems(name: string, { header = '', detail = '', properties = {} }: EventDefinition): string[] {
  const names = Object.keys(properties)
  return Object.entries({ header, detail } as const).flatMap(([part, template]) =>
    findTemplateProblems(part === 'header' ? 'header' : 'detail', template, names).map((line) => `the ${part} of '${name}': ${line}`),
  )
}
