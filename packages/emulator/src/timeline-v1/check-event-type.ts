import { DEVELOPER_APP } from '../developer-app.ts'
import { readSingular, singularOf } from '../events/object-types.ts'
import type { ObjectType } from '../events/object-types.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readText } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { readTemplateTexts } from '../timeline/check-template.ts'
import type { EventType, NewEventType } from './event-type-store.ts'

const WHAT = 'an event type'
const OBJECT_TYPES: readonly ObjectType[] = ['contacts', 'companies', 'deals']

/** Reads a new event type, or 400 naming what is wrong with it. */
export function checkEventType(value: unknown): NewEventType {
  const fields = readFields(value, WHAT)
  checkApplicationId(fields)
  return { name: readText(fields, 'name', WHAT), objectType: readObjectType(fields), ...readTemplateTexts(fields, WHAT) }
}

/** Reads a replacement, which repeats the type's id and the app's. The kind of record cannot change. */
export function checkEventTypeChange(value: unknown, type: EventType): NewEventType {
  const wanted = checkEventType(value)
  const { id, objectType } = readFields(value, WHAT)
  if (String(id) !== type.id) throw validationError(`"id" must repeat the id of the path, ${type.id}, not ${describe(id)}`)
  if (objectType === undefined || wanted.objectType === type.objectType) return { ...wanted, objectType: type.objectType }
  throw validationError(`"objectType" of event type ${type.id} is ${singularOf(type.objectType)} and cannot change`)
}

function checkApplicationId({ applicationId }: Fields) {
  if (String(applicationId) === String(DEVELOPER_APP.id)) return
  throw validationError(`"applicationId" must repeat the app id of the path, ${DEVELOPER_APP.id}, not ${describe(applicationId)}`)
}

function readObjectType({ objectType }: Fields): ObjectType {
  if (objectType === undefined || objectType === null) return 'contacts'
  const found = readSingular(objectType)
  if (found !== undefined && OBJECT_TYPES.includes(found)) return found
  throw validationError(`"objectType" must be one of ${OBJECT_TYPES.map(singularOf).join(', ')}, not ${describe(objectType)}`)
}
