import { parseTemplate, validateEvent } from '@trackline/shared'
import type { EventDefinition, EventDefinitions, Json, Property } from '@trackline/shared'
import { expandTemplate } from './expand-template.ts'
import { readMarkdown, readMarkdownLine } from './read-markdown.ts'
import type { Markup } from './read-markdown.ts'

export interface PreviewOptions {
  /** Values by property, as text. '' is "no value". Those that are missing are made up. */
  given: Readonly<Record<string, string>>
  extraData?: Json | undefined
  /** Milliseconds since 1970. */
  timestamp: number
  /** What becomes of a visitor's text on its way to HubSpot. */
  asSent: (text: string) => string
}

/** One event as HubSpot would show it. */
export interface Preview {
  event: string
  timestamp: number
  header: Markup[]
  detail: Markup[]
  values: PreviewedValue[]
}

export interface PreviewedValue {
  name: string
  label: string
  kind: Property['kind']
  /** As it is sent to HubSpot: a date in milliseconds since 1970. */
  value: string
  isMadeUp: boolean
  contactProperty?: string | undefined
}

const DAY_MS = 86_400_000

/**
 * Renders an event as HubSpot would show it.
 *
 * @throws TypeError naming every value that the definition does not take
 */
export function previewEvent(events: EventDefinitions, event: string, options: PreviewOptions): Preview {
  const definition = events[event] ?? {}
  const given = readGiven(events, event, options)
  const values = Object.entries(definition.properties ?? {}).map(([name, property]): PreviewedValue => {
    const known = given.get(name) ?? sampleOf(property, options.timestamp)
    const value = property.kind === 'text' ? options.asSent(known) : known
    const { kind, label = name, contactProperty } = property
    return { name, label, kind, value, isMadeUp: !given.has(name), contactProperty }
  })
  const tokens = Object.fromEntries(values.map(({ name, value }) => [name, value]))
  const timestamp = new Date(options.timestamp).toISOString()
  return { event, timestamp: options.timestamp, values, ...expandBoth(event, definition, { tokens: { ...tokens, timestamp }, extraData: options.extraData }) }
}

function expandBoth(event: string, { label = event, header = label, detail = '' }: EventDefinition, { tokens, extraData }: { tokens: Record<string, string>; extraData: Json | undefined }) {
  return {
    header: readMarkdownLine(expandTemplate(parseTemplate(header), tokens)),
    detail: readMarkdown(expandTemplate(parseTemplate(detail), { ...tokens, extraData })),
  }
}

/** Checks the given values as the proxy checks those of an event; here a computed one may be given too. */
function readGiven(events: EventDefinitions, event: string, { given, extraData }: PreviewOptions): Map<string, string> {
  const properties = events[event]?.properties ?? {}
  const open = Object.entries(properties).map(([name, property]) => [name, { ...property, givenBy: 'client-if-known' as const }])
  const sent = Object.entries(given).map(([name, value]) => [name, value === '' ? null : typed(properties[name], value)])
  const message = { event, properties: Object.fromEntries(sent), ...(extraData === undefined ? {} : { extraData }) }
  const read = validateEvent({ [event]: { properties: Object.fromEntries(open) } }, message)
  if (!read.valid) throw new TypeError(`--prop: ${read.problems.map(({ message }) => message).join('; ')}`)
  return new Map(Object.keys(given).map((name) => [name, String(read.event.properties[name] ?? '')]))
}

/** On a command line everything is text. */
function typed(property: Property | undefined, value: string): unknown {
  const isDigits = /^-?\d+(?:\.\d+)?$/.test(value)
  if (isDigits && (property?.kind === 'number' || property?.kind === 'date')) return Number(value)
  if (property?.kind === 'boolean' && ['true', 'false'].includes(value)) return value === 'true'
  return value
}

/** A value such as a visitor would bring. */
function sampleOf({ kind, values, label, derive }: Property, timestamp: number): string {
  switch (kind) {
    case 'text':
      return label ?? 'example'
    case 'number':
      return derive?.kind === 'elapsed' ? '95000' : '3'
    case 'boolean':
      return 'true'
    case 'date':
      return String(timestamp - DAY_MS)
    case 'oneOf':
      return values?.[0] ?? ''
  }
}
