import type { EventDefinition, EventDefinitions, Property } from '@trackline/shared'

const HEAD = `// Written by "trackline events types". Change the event definitions instead, and write it again.

/** What \`track()\` takes besides: extraData is shown in the event's detail view only. */
export interface TrackOptions {
  extraData?: unknown
  timestamp?: Date | string | number
  messageId?: string
}

export type TrackOutcome = 'accepted' | 'rejected' | 'dropped'

type Rest<Properties> = Record<never, never> extends Properties ? [properties?: Properties, options?: TrackOptions] : [properties: Properties, options?: TrackOptions]

/** The \`track\` of the script tag. */
export interface Track {
  <Name extends keyof EventProperties>(event: Name, ...rest: Rest<EventProperties[Name]>): Promise<TrackOutcome>
  flush(): Promise<void>
  reset(): void
  consent(choice: 'grant' | 'deny' | 'pending'): void
}

declare global {
  var track: Track
}

/** Given by the client always, or if it likes. */
interface Given<Value, Giver> {
  readonly kind: 'text' | 'number' | 'boolean' | 'date' | 'oneOf'
  readonly givenBy: Giver
  readonly _value?: Value
}
`

/**
 * The types of the events as a file of their own: the script tag's `track` knows them, and `createTracker<Events>()` does. It imports
 * nothing, so plain JavaScript that an editor checks can use it too.
 */
export function writeEventTypes(events: EventDefinitions): string {
  const definitions = Object.entries(events)
  const properties = definitions.map(([name, definition]) => `${comment(definition.label, '  ')}  ${quoted(name)}: ${sentType(definition)}`)
  const types = definitions.map(([name, definition]) => `  readonly ${quoted(name)}: { readonly properties: ${givenType(definition)} }`)
  return `${HEAD}
/** What a client sends with each event. What the proxy computes is not sent. */
export interface EventProperties {
${properties.join('\n')}
}

/** For \`createTracker<Events>()\` of @trackline/snippet. */
export type Events = {
${types.join('\n')}
}
`
}

function sentType(definition: EventDefinition): string {
  const sent = sentOf(definition).map(([name, property]) => {
    const isOptional = property.givenBy === 'client-if-known'
    return `${comment(property.label, '    ')}    ${quoted(name)}${isOptional ? '?' : ''}: ${valueType(property)}${isOptional ? ' | null | undefined' : ''}`
  })
  return sent.length ? `{\n${sent.join('\n')}\n  }` : 'Record<never, never>'
}

function givenType(definition: EventDefinition): string {
  const given = sentOf(definition).map(([name, property]) => `readonly ${quoted(name)}: Given<${valueType(property)}, '${property.givenBy}'>`)
  return given.length ? `{ ${given.join('; ')} }` : 'Record<never, never>'
}

function sentOf({ properties = {} }: EventDefinition): [string, Property][] {
  return Object.entries(properties).filter(([, property]) => property.givenBy !== 'proxy')
}

function valueType({ kind, values = [] }: Property): string {
  switch (kind) {
    case 'text':
      return 'string'
    case 'number':
    case 'boolean':
      return kind
    case 'date':
      return 'Date | string | number'
    case 'oneOf':
      return values.map((value) => JSON.stringify(value)).join(' | ')
  }
}

/** Names may hold dots and dashes, and values quotes. */
function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
}

function comment(label: string | undefined, indent: string): string {
  return label === undefined ? '' : `${indent}/** ${label.replaceAll('*/', '* /').replace(/\s+/g, ' ')} */\n`
}
