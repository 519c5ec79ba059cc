import { readSingular, singularOf, OBJECT_TYPES } from '../events/object-types.ts'
import type { ObjectType } from '../events/object-types.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readText } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { MAX_TOKENS, readTemplateTexts } from '../timeline/check-template.ts'
import { checkName, readOptions, readTokenType, refuseRepeats } from '../timeline/check-token.ts'
import type { TemplateToken } from '../timeline/template-store.ts'
import type { AppEventType, NewAppEventType } from './type-store.ts'

const WHAT = 'an app event type'
const UID = /^[A-Za-z0-9][A-Za-z0-9_-]*$/
const MAX_NAME_CHARS = 50

/** Reads what an `*-hsmeta.json` file of an app event says, or 400 naming what is wrong with it. */
export function checkType(value: unknown, { projectName, now }: { projectName: string; now: Date }): NewAppEventType {
  const file = readFields(value, `${WHAT} (the content of an *-hsmeta.json file)`)
  if (file['type'] !== 'app-event') throw validationError(`"type" of ${WHAT} must be "app-event", not ${describe(file['type'])}`)
  const config = readFields(file['config'], `"config" of ${WHAT}`)
  return {
    id: readUid(file),
    projectName,
    name: readName(config),
    description: readOptionalText(config, 'description', WHAT),
    objectType: readObjectType(config),
    ...readTemplateTexts(config, WHAT),
    tokens: readProperties(config['properties'] ?? [], now),
  }
}

/** Refuses a new version of a file that changes what HubSpot keeps as it was: name and kind of record. */
export function checkTypeChange(known: AppEventType, wanted: NewAppEventType): void {
  if (wanted.name !== known.name) throw validationError(`"name" of ${WHAT} "${known.id}" is "${known.name}" and cannot change`)
  if (wanted.objectType === known.objectType) return
  throw validationError(`"objectType" of ${WHAT} "${known.id}" is ${singularOf(known.objectType)} and cannot change`)
}

function readUid(file: Fields): string {
  const uid = readText(file, 'uid', WHAT)
  if (UID.test(uid)) return uid
  throw validationError(`"uid" "${uid}" of ${WHAT} is invalid: use letters, digits, dashes and underscores`)
}

function readName(config: Fields): string {
  const name = readText(config, 'name', WHAT)
  if (name.length <= MAX_NAME_CHARS) return name
  throw validationError(`"name" of ${WHAT} has ${name.length} characters: at most ${MAX_NAME_CHARS} are allowed`)
}

// The emulator keeps no custom objects and no app objects.
function readObjectType({ objectType }: Fields): ObjectType {
  const found = readSingular(objectType)
  if (found !== undefined) return found
  throw validationError(
    `"objectType" of ${WHAT} must be one of ${OBJECT_TYPES.map(singularOf).join(', ')}, not ${describe(objectType)}`,
  )
}

function readProperties(value: unknown, now: Date): TemplateToken[] {
  if (!Array.isArray(value)) throw validationError(`"properties" of ${WHAT} must be a list, not ${describe(value)}`)
  if (value.length > MAX_TOKENS) throw validationError(`${WHAT} may have at most ${MAX_TOKENS} properties, not ${value.length}`)
  const properties = value.map((property: unknown) => readProperty(property, now))
  refuseRepeats(
    properties.map(({ name }) => name),
    'property',
  )
  return properties
}

function readProperty(value: unknown, now: Date): TemplateToken {
  const fields = readFields(value, 'a property')
  const name = readText(fields, 'name', 'a property')
  checkName(name, 'property')
  const what = `property "${name}"`
  const type = readTokenType(fields['type'], what)
  const label = readText(fields, 'label', what)
  const options = readOptions(fields['options'], { what, type })
  return { name, label, type, options, objectPropertyName: undefined, createdAt: now, updatedAt: now }
}
