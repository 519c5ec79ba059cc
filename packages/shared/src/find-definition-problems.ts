import type { EventDefinition, EventDefinitions } from './define-events.ts'
import type { Property } from './property.ts'
import { didYouMean } from './did-you-mean.ts'

const EVENT_NAME = /^[A-Za-z0-9][A-Za-z0-9 _.:-]{0,99}$/
const PROPERTY_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,49}$/
/** HubSpot's template language has helpers of these names; the others would reach an object's prototype. */
const RESERVED_NAMES = new Set(['log', 'lookup', '__proto__', 'constructor', 'prototype'])
const MAX_EVENTS = 200

/** Says, a line each, what is wrong with these definitions. [] when nothing is. */
export function findDefinitionProblems(events: EventDefinitions): string[] {
  const names = Object.keys(events)
  const problems = names.flatMap((name) => eventProblems(events, name))
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
  problems.push(...templateProblems(name, definition))
  if (!EVENT_NAME.test(name) || RESERVED_NAMES.has(name)) {
    problems.unshift(`'${name}' must be 1–100 letters, digits, spaces or _ . : - and begin with a letter or digit`)
  }
  return problems
}

interface NamedProperty {
  propertyName: string
  property: Property
}

function propertyProblems(events: EventDefinitions, definition: EventDefinition, { propertyName, property }: NamedProperty): string[] {
  const problems: string[] = []
  if (!PROPERTY_NAME.test(propertyName)) problems.push('the name must be 1–50 letters, digits or _ . -')
  if (RESERVED_NAMES.has(propertyName)) problems.push('HubSpot reserves this name: choose another')
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

/** `{{name}}`, `{{#if name}}`, `{{#formatDate name}}`: what stands in braces outside `#each`, where names are those of the list. */
const MENTION = /\{\{\s*(?:#\w+\s+)?([\w.@-]+)\s*\}\}/g
const EACH_BLOCK = /\{\{#each[^]*?\{\{\/each\}\}/g
/** What templates may name besides the event's properties. */
const ALWAYS_THERE = /^(?:else|this|timestamp|extraData)(?:\.|$)|^@/

/** A misspelt name in a template shows nothing, and only in HubSpot. */
function templateProblems(name: string, { header = '', detail = '', properties = {} }: EventDefinition): string[] {
  const names = Object.keys(properties)
  return Object.entries({ header, detail }).flatMap(([part, template]) =>
    [...template.replace(EACH_BLOCK, '').matchAll(MENTION)].flatMap(([, mention = '']) => {
      if (names.includes(mention) || ALWAYS_THERE.test(mention)) return []
      return [`'${name}': the ${part} names '${mention}', which is no property${didYouMean(mention, names)}`]
    }),
  )
}
