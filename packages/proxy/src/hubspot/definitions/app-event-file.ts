import type { EventDefinition } from '@trackline/shared'
import { OBJECT_TYPES, recordTypeOf } from './event-type.ts'
import type { StoredEventType, StoredProperty } from './event-type.ts'
import { optionsOf, textOf } from './read-fields.ts'
import { toEventType } from './to-event-type.ts'

/** The end that HubSpot's command line knows its project files by. */
export const APP_EVENT_FILE = /-hsmeta\.json$/

/** A file of a HubSpot project that defines an app event, read. */
export interface AppEventFile {
  uid: string
  objectType: string
  type: StoredEventType
}

export function appEventFileName(eventName: string): string {
  return `${eventName.replace(/[^A-Za-z0-9_-]+/g, '-')}-hsmeta.json`
}

/**
 * The file of an app event as it should be. What HubSpot knows and we have no word for, such as `description`, is kept from the old one.
 *
 * @see https://developers.hubspot.com/docs/apps/developer-platform/add-features/app-events/overview
 */
export function writeAppEventFile(eventName: string, definition: EventDefinition, old: string | undefined): string {
  const { label, header, detail, properties } = toEventType(eventName, definition)
  const before = parseFile(old)
  const config = {
    ...Object(Reflect.get(before, 'config')),
    name: label,
    objectType: OBJECT_TYPES[definition.objectType ?? 'contacts'],
    headerTemplate: header,
    detailTemplate: detail,
    properties: properties.map(({ name, label, type, options }) => ({ name, label, type, ...(options.length ? { options } : {}) })),
  }
  return `${JSON.stringify({ ...before, uid: eventName, type: 'app-event', config }, null, 2)}\n`
}

/** Reads a file; undefined when it defines no app event. */
export function readAppEventFile(text: string): AppEventFile | undefined {
  const file = parseFile(text)
  if (textOf(file, 'type') !== 'app-event') return undefined
  const config = Object(Reflect.get(file, 'config'))
  const properties: unknown = Reflect.get(config, 'properties')
  const [uid, name] = [textOf(file, 'uid'), textOf(config, 'name')]
  const type = {
    id: uid,
    name,
    label: name,
    header: textOf(config, 'headerTemplate'),
    detail: textOf(config, 'detailTemplate'),
    recordType: recordTypeOf(textOf(config, 'objectType')),
    properties: Array.isArray(properties) ? properties.map((property) => readProperty(Object(property))) : [],
  }
  return { uid, objectType: textOf(config, 'objectType'), type }
}

function readProperty(property: object): StoredProperty {
  const name = textOf(property, 'name')
  return { id: name, name, label: textOf(property, 'label'), type: textOf(property, 'type'), options: optionsOf(property), stamps: undefined }
}

function parseFile(text: string | undefined): object {
  try {
    return Object(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}
