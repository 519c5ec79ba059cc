import { OBJECT_TYPES, readSingular, singularOf } from '../events/object-types.ts'
import type { ObjectType } from '../events/object-types.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readText, refuseUnknown } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { refuseRepeats } from '../timeline/check-token.ts'
import { checkCustomName, checkCustomProperty } from './check-property.ts'
import { defaultProperties } from './default-properties.ts'
import type { NewDefinition } from './definition-store.ts'

const WHAT = 'an event definition'
const MAX_LABEL_CHARS = 100
const MAX_NAME_CHARS = 50
const FIELDS = ['label', 'name', 'description', 'primaryObject', 'propertyDefinitions', 'includeDefaultProperties']

/** Reads a new definition of a custom event, or 400 naming what is wrong with it. Without a name, the label gives one. */
export function checkDefinition(value: unknown, now: Date): NewDefinition {
  const fields = readFields(value, WHAT)
  refuseUnknown(fields, FIELDS)
  const label = readLabel(fields)
  const shortName = readOptionalText(fields, 'name', WHAT) ?? nameFromLabel(label)
  checkCustomName(shortName, WHAT)
  return {
    name: label,
    shortName,
    description: readOptionalText(fields, 'description', WHAT) ?? '',
    objectType: readObjectType(fields),
    tokens: [
      ...readProperties(fields['propertyDefinitions'] ?? [], now),
      ...(wantsDefaults(fields) ? defaultProperties(now) : []),
    ],
  }
}

/** Reads a change of label or description: everything else stays, properties have calls of their own. */
export function checkDefinitionChange(value: unknown): Partial<NewDefinition> {
  const fields = readFields(value, WHAT)
  refuseUnknown(fields, ['label', 'description'])
  const description = readOptionalText(fields, 'description', WHAT)
  return {
    ...(fields['label'] !== undefined && { name: readLabel(fields) }),
    ...(description !== undefined && { description }),
  }
}

function readLabel(fields: Fields): string {
  const label = readText(fields, 'label', WHAT)
  if (label.length <= MAX_LABEL_CHARS) return label
  throw validationError(`"label" of ${WHAT} has ${label.length} characters: at most ${MAX_LABEL_CHARS} are allowed`)
}

function nameFromLabel(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, MAX_NAME_CHARS)
}

function readObjectType({ primaryObject }: Fields): ObjectType {
  if (primaryObject === undefined || primaryObject === null) return 'contacts'
  const found = readSingular(primaryObject)
  if (found !== undefined) return found
  const known = OBJECT_TYPES.map(singularOf).join(', ')
  throw validationError(`"primaryObject" of ${WHAT} must be one of ${known}, not ${describe(primaryObject)}`)
}

function readProperties(value: unknown, now: Date) {
  if (!Array.isArray(value)) throw validationError(`"propertyDefinitions" of ${WHAT} must be a list, not ${describe(value)}`)
  const properties = value.map((property: unknown) => checkCustomProperty(property, now))
  refuseRepeats(
    properties.map(({ name }) => name),
    'property',
  )
  return properties
}

function wantsDefaults({ includeDefaultProperties: wants = false }: Fields): boolean {
  if (typeof wants === 'boolean') return wants
  throw validationError(`"includeDefaultProperties" of ${WHAT} must be true or false, not ${describe(wants)}`)
}
