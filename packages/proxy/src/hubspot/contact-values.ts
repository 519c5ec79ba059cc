import type { EventDefinitions } from '@trackline/shared'
import { contactKey, isOlder, rankOf } from '../outbox/contact-write.ts'
import type { ContactWrite } from '../outbox/contact-write.ts'
import type { Row } from '../outbox/event.ts'

/** A property of a contact that an event sets. */
export interface Value extends ContactWrite {
  email: string
  property: string
  value: string
}

export function valuesOf({ name, person, properties, occurredAt, seq }: Row, events: EventDefinitions): Value[] {
  const email = emailOf(person.email)
  return Object.entries(events[name]?.properties ?? {}).flatMap(([key, definition]) => {
    const value = properties[key]
    if (definition.contactProperty === undefined || value === undefined) return []
    return [{ contact: contactKey(email), email, property: definition.contactProperty, value: String(value), seq, ...rankOf(definition, value, occurredAt) }]
  })
}

/** Of the values that compete for the same place, the one that is to stand. */
export function latestOf(values: Value[]): Value[] {
  const latest = new Map<string, Value>()
  for (const value of values) {
    const best = latest.get(placeOf(value))
    if (!best || !isOlder(value, best)) latest.set(placeOf(value), value)
  }
  return [...latest.values()]
}

/** Where only one value can stand. */
export function placeOf({ contact, name }: ContactWrite): string {
  return `${contact} ${name}`
}

/** What HubSpot is told of one contact. */
export interface ContactInput {
  id: string
  idProperty: 'email'
  properties: Record<string, string>
}

/** HubSpot refuses a contact that occurs twice in a batch: the values of one person become one input. */
export function inputsOf(values: Value[]): ContactInput[] {
  const byEmail = new Map<string, Record<string, string>>()
  for (const { email, property, value } of values) byEmail.set(email, { ...byEmail.get(email), [property]: value })
  return [...byEmail].map(([id, properties]) => ({ id, idProperty: 'email', properties }))
}

/** HubSpot knows no difference of case, takes a contact once, and answers in lower case. */
export function emailOf(email: string | undefined): string {
  return (email ?? '').toLowerCase()
}
