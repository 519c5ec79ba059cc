import type { EventDefinition } from '@trackline/shared'

type Value = string | number | boolean

/**
 * The values of a command line, which are text, as their definition wants them. What does not fit stays text: the service says what is
 * wrong with it. Of an event whose definition is not known here, numbers, true and false are taken for what they look like.
 */
export function typedProperties(given: Readonly<Record<string, string>>, definition: EventDefinition | undefined): Record<string, Value> {
  const named = Object.entries(given).filter(([, text]) => text !== '')
  return Object.fromEntries(named.map(([name, text]) => [name, typed(text, definition === undefined ? undefined : definition.properties?.[name]?.kind)]))
}

function typed(text: string, kind: string | undefined): Value {
  if ((kind === 'number' || kind === undefined) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if ((kind === 'boolean' || kind === undefined) && ['true', 'false'].includes(text)) return text === 'true'
  return text
}
