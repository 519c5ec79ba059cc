import type { EventType, TypeProperty } from '../hubspot/definitions/event-type.ts'

const MAKERS = { string: 'text', number: 'number', date: 'date', enumeration: 'oneOf' } as const

/** The source of an `events.ts` that defines these kinds of events. */
export function writeEventsSource(types: ReadonlyMap<string, EventType>): string {
  const used = new Set([...types.values()].flatMap(({ properties }) => properties.map(makerOf)))
  return `import { ${['defineEvents', ...used].sort().join(', ')} } from '@trackline/shared'

export const events = defineEvents({
${[...types].map(([name, type]) => writeEvent(name, type)).join('\n')}
})
export type Events = typeof events
`
}

function writeEvent(name: string, { recordType = 'contacts', label, header, detail, properties }: EventType): string {
  const members = [
    ...(recordType === 'contacts' ? [] : [`objectType: '${recordType}'`]),
    `label: ${text(label)}`,
    ...(header === '' || header === label ? [] : [`header: ${text(header)}`]),
    ...(detail === '' ? [] : [`detail: ${text(detail)}`]),
    ...(properties.length ? [`properties: {\n${properties.map(writeProperty).join('\n')}\n    }`] : []),
  ]
  return `  ${key(name)}: {\n${members.map((member) => `    ${member},`).join('\n')}\n  },`
}

function writeProperty(property: TypeProperty): string {
  const { name, label, type, options, stamps } = property
  const values = type === 'enumeration' && makerOf(property) === 'oneOf' ? [`[${options.map(({ value }) => text(value)).join(', ')}]`] : []
  // An old sender may leave out what it does not know.
  const settings = ['optional: true', ...(label === name ? [] : [`label: ${text(label)}`]), ...(stamps === undefined ? [] : [`contactProperty: ${text(stamps)}`])]
  return `      ${key(name)}: ${makerOf(property)}(${[...values, `{ ${settings.join(', ')} }`].join(', ')}),`
}

function makerOf({ type, options }: TypeProperty): string {
  const isYesNo = options.length === 2 && options.every(({ value }) => ['true', 'false'].includes(value))
  return isYesNo ? 'boolean' : MAKERS[type]
}

function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : text(name)
}

/** In single quotes, as the rest of such a file. */
function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
