import type { EventType, StoredEventType, StoredProperty, TypeProperty } from '../../hubspot/definitions/event-type.ts'
import type { StepLine } from './step.ts'

/** Everything that a new kind of event brings. */
export function describeNew({ header, detail, properties }: EventType, propertyNoun: string): StepLine[] {
  return [
    ...textLines('create', 'header', header),
    ...textLines('create', 'detail', detail),
    ...properties.map((property): StepLine => ({ change: 'create', text: `${propertyNoun} ${describeProperty(property)}` })),
  ]
}

/** What differs in the texts; [] when nothing does. */
export function describeTexts(stored: Texts, wanted: Texts): StepLine[] {
  return (['name', 'label', 'header', 'detail'] as const).flatMap((part) => {
    // The label of most kinds is their name: once is enough.
    if (stored[part] === wanted[part] || (part === 'label' && wanted.label === wanted.name)) return []
    return [...textLines('delete', part, stored[part]), ...textLines('create', part, wanted[part])]
  })
}

type Texts = Pick<StoredEventType, 'name' | 'label' | 'header' | 'detail'>

/** `method: 'Method', enumeration of password, sso` and the contact property that it sets. */
export function describeProperty({ name, label, type, options, stamps }: TypeProperty | StoredProperty): string {
  const choices = options.map(({ value, label: shown }) => (shown === value ? value : `${value} ('${shown}')`))
  const kind = choices.length ? `${type} of ${choices.join(', ')}` : type
  const labelled = label === name ? name : `${name} ('${label}')`
  return `${labelled}: ${kind}${stamps === undefined ? '' : `, sets the contact property ${stamps}`}`
}

/** True when HubSpot has the property as it is wanted. */
export function isSameProperty(a: TypeProperty | StoredProperty, b: TypeProperty | StoredProperty): boolean {
  return describeProperty(a) === describeProperty(b)
}

function textLines(change: StepLine['change'], part: string, text: string): StepLine[] {
  return text === '' ? [] : text.split('\n').map((line) => ({ change, text: `${part}: ${line}` }))
}
