import type { TypeOption, ValueType } from './event-type.ts'

/** A text of HubSpot's; '' where it leaves out what is empty. */
export function textOf(fields: object, name: string): string {
  const value: unknown = Reflect.get(fields, name)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The choices of an enumeration; [] where it leaves them out. */
export function optionsOf(fields: object): TypeOption[] {
  const options: unknown = Reflect.get(fields, 'options')
  return Array.isArray(options) ? options.map((option) => ({ value: textOf(Object(option), 'value'), label: textOf(Object(option), 'label') })) : []
}

/** HubSpot's word for a type of value as ours; another of its types by its own word. */
export function typeOf(word: string, words: Readonly<Record<ValueType, string>>): string {
  return (['string', 'number', 'enumeration', 'date'] as const).find((type) => words[type] === word) ?? word
}
