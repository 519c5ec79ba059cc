import type { Contact } from './contact-store.ts'

const ALWAYS_SHOWN = ['createdate', 'lastmodifieddate', 'hs_object_id']
const MOMENTS = ['createdate', 'lastmodifieddate']

/** A contact as the API answers a write: the properties that were sent, and the three that every answer has. */
export function contactWire({ id, properties, createdAt }: Contact, sentNames: readonly string[]) {
  const shown = [...new Set([...sentNames, ...ALWAYS_SHOWN])]
  const updatedAt = isoOf(properties.get('lastmodifieddate') ?? String(createdAt.getTime()))
  return {
    id,
    properties: Object.fromEntries(shown.map((name) => [name, shownValue(name, properties.get(name))])),
    createdAt: createdAt.toISOString(),
    updatedAt,
    archived: false,
  }
}

function shownValue(name: string, value: string | undefined): string | null {
  if (value === undefined) return null
  return MOMENTS.includes(name) ? isoOf(value) : value
}

function isoOf(ms: string): string {
  return new Date(Number(ms)).toISOString()
}
