import type { ObjectType } from '@trackline/shared'
import { isObjectType } from '../../hubspot/definitions/event-type.ts'
import type { EventType, EventTypesApi, StoredEventType, StoredProperty, TypeProperty } from '../../hubspot/definitions/event-type.ts'
import { describeNew, describeProperty, describeTexts, isSameProperty } from './describe-changes.ts'
import type { Comparison, Step } from './step.ts'

export interface EventTypePlace {
  api: EventTypesApi
  /** Such as `event templates of app 1 (timeline-v3)`. */
  place: string
  /** HubSpot's ids that the configuration gives, by event name. */
  ids?: Readonly<Record<string, string>>
  /** Whether what HubSpot has besides is deleted. Default: it is only spoken of. */
  isDeleting?: boolean
  /** Whether others define events here too: theirs are left alone, whatever is asked. */
  isShared?: boolean
}

/** Compares the kinds of events that HubSpot should have, by event name, with those that it has. */
export async function compareEventTypes(wanted: ReadonlyMap<string, EventType>, where: EventTypePlace): Promise<Comparison> {
  const stored = await where.api.list()
  const found: Comparison = { steps: [], problems: [], notes: [] }
  const kept = new Set<string>()
  for (const [eventName, type] of wanted) {
    const existing = findStored(stored, type.name, where.ids?.[eventName])
    if (existing === 'no such id') found.problems.push(`hubspot.ids.${eventName}: HubSpot has no ${where.api.noun} '${where.ids?.[eventName]}': mend the id, or leave it out`)
    else if (!existing) found.steps.push(createStep(type, where))
    else {
      kept.add(existing.id)
      compareOne(type, existing, { where, found })
    }
  }
  const surplus = where.isShared ? [] : stored.filter(({ id }) => !kept.has(id))
  if (where.isDeleting) found.steps.push(...surplus.map((type) => removeStep(type, where)))
  else noteSurplus(found, surplus.map(({ name }) => `'${name}'`), where)
  return found
}

/** By the id that is given, else by name; of several with one name, the last: events go there too. */
function findStored(stored: readonly StoredEventType[], name: string, id: string | undefined): StoredEventType | 'no such id' | undefined {
  if (id !== undefined) return stored.find((each) => each.id === id) ?? 'no such id'
  return stored.findLast((each) => each.name === name)
}

interface Finding {
  where: EventTypePlace
  found: Comparison
}

/** Texts come first: v3 sends the properties along with them, as they were when they were read. */
function compareOne(wanted: EventType, stored: StoredEventType, { where, found }: Finding): void {
  const { api, place } = where
  const wantedRecord = wanted.recordType ?? 'contacts'
  if (stored.recordType !== undefined && stored.recordType !== wantedRecord) {
    found.problems.push(otherRecordProblem(stored, wantedRecord, api))
    return
  }
  const lines = describeTexts(stored, wanted)
  const says = `update the texts of the ${api.noun} '${wanted.name}'`
  if (lines.length) found.steps.push({ change: 'update', place, says, lines, run: () => api.updateTexts(stored, wanted) })
  const known = new Map(stored.properties.map((property) => [property.name, property]))
  for (const property of wanted.properties) compareProperty(property, known.get(property.name), { where, found, stored })
  const names = new Set(wanted.properties.map(({ name }) => name))
  const surplus = stored.properties.filter(({ name }) => !names.has(name))
  if (where.isDeleting) found.steps.push(...surplus.map((property) => removePropertyStep(property, stored, where)))
  else noteSurplus(found, surplus.map(({ name }) => `${api.propertyNoun} '${name}' of '${stored.name}'`), where)
}

/** Which record an event is about is fixed when its kind is made: there is nothing to push. */
function otherRecordProblem({ name, recordType }: StoredEventType, wanted: ObjectType, { noun, deletes }: EventTypesApi): string {
  const agree = isObjectType(recordType) ? `say objectType: '${recordType}', ` : ''
  return `HubSpot has the ${noun} '${name}' for ${recordType} and cannot change it to ${wanted}: ${agree}define the event under another name and label, or delete it in HubSpot, with ${deletes}`
}

function compareProperty(defined: TypeProperty, existing: StoredProperty | undefined, { where, found, stored }: Finding & { stored: StoredEventType }): void {
  const { api, place } = where
  const wanted = existing ? withLabelsOf(existing, defined) : defined
  const text = describeProperty(wanted)
  if (!existing) {
    const says = `add the ${api.propertyNoun} '${wanted.name}' to '${stored.name}'`
    found.steps.push({ change: 'create', place, says, lines: [{ change: 'create', text }], run: () => api.createProperty(stored, wanted) })
  } else if (existing.type !== wanted.type) {
    found.problems.push(`HubSpot keeps '${wanted.name}' of '${stored.name}' as ${existing.type} and cannot change it to ${wanted.type}: give the property another name`)
  } else if (!isSameProperty(wanted, existing)) {
    const says = `update the ${api.propertyNoun} '${wanted.name}' of '${stored.name}'`
    const lines = [{ change: 'delete', text: describeProperty(existing) }, { change: 'create', text }] as const
    found.steps.push({ change: 'update', place, says, lines, run: () => api.updateProperty(stored, existing.id, wanted) })
  }
}

/** A definition says nothing of how a choice is labelled: whoever has labelled it in HubSpot keeps that. */
function withLabelsOf({ options }: StoredProperty, wanted: TypeProperty): TypeProperty {
  const labels = new Map(options.map(({ value, label }) => [value, label]))
  return { ...wanted, options: wanted.options.map(({ value, label }) => ({ value, label: labels.get(value) || label })) }
}

function createStep(type: EventType, { api, place }: EventTypePlace): Step {
  const lines = describeNew(type, api.propertyNoun)
  return { change: 'create', place, says: `create the ${api.noun} '${type.name}'`, lines, run: () => api.create(type) }
}

function removeStep(stored: StoredEventType, { api, place }: EventTypePlace): Step {
  const says = `delete the ${api.noun} '${stored.name}', and with it ${api.deletes}`
  return { change: 'delete', place, says, lines: [], run: () => api.remove(stored) }
}

function removePropertyStep(property: StoredProperty, stored: StoredEventType, { api, place }: EventTypePlace): Step {
  const says = `delete the ${api.propertyNoun} '${property.name}' of '${stored.name}'`
  return { change: 'delete', place, says, lines: [], run: () => api.removeProperty(stored, property) }
}

function noteSurplus(found: Comparison, surplus: readonly string[], { place }: EventTypePlace): void {
  if (surplus.length) found.notes.push(`kept, since nothing defines it (--delete removes it): ${surplus.join(', ')}, in ${place}`)
}
