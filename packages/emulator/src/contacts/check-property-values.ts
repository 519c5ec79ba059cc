import { isEmail } from '../events/check-identity.ts'
import { isNumeric } from '../events/check-values.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { World } from '../world.ts'
import type { Property } from './property-store.ts'
import { COMPUTED_PROPERTIES } from './standard-properties.ts'

export type PropertyValues = ReadonlyMap<string, string>

type Problem = { name: string; error: string; message: string }

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Checks values for a contact's properties: each property exists in the account, may be written, and takes the value. An empty
 * string clears a property. All problems are reported at once, as HubSpot does: as JSON within the message.
 */
export function checkPropertyValues(world: World, portalId: number, sent: Fields): PropertyValues {
  const problems = Object.entries(sent).flatMap(([name, value]) => findProblem(world, portalId, { name, value }) ?? [])
  if (problems.length > 0) throw invalidValues(problems)
  return new Map(Object.entries(sent).map(([name, value]) => [name, storedValue(world.properties.find(portalId, name), value)]))
}

type Sent = { name: string; value: unknown }

function findProblem(world: World, portalId: number, { name, value }: Sent): Problem | undefined {
  const property = world.properties.find(portalId, name)
  if (property === undefined) return { name, error: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` }
  if (COMPUTED_PROPERTIES.includes(name)) return { name, error: 'READ_ONLY_VALUE', message: `"${name}" is a read only property` }
  if (!['string', 'number', 'boolean'].includes(typeof value))
    return { name, error: 'INVALID_STRING', message: `${describe(value)} was not a string` }
  return value === '' ? undefined : findTypeProblem(property, String(value))
}

function findTypeProblem(property: Property, text: string): Problem | undefined {
  const { name, type } = property
  const problem = (error: string, wanted: string) => ({ name, error, message: `${text} was not a valid ${wanted}` })
  if (name === 'email')
    return isEmail(text) ? undefined : { name, error: 'INVALID_EMAIL', message: `Email address ${text} is invalid` }
  if (type === 'number') return isNumeric(text) ? undefined : problem('INVALID_INTEGER', 'number')
  if (type === 'datetime') return readMoment(text) ? undefined : problem('INVALID_LONG', 'long')
  if (type === 'date') return isMidnight(text) ? undefined : problem('INVALID_DATE', 'date: it is not midnight UTC')
  return ['enumeration', 'bool'].includes(type) ? findOptionProblem(property, text) : undefined
}

// Several checkboxes are ticked as a;b.
function findOptionProblem({ name, type, fieldType, options, hubspotDefined }: Property, text: string): Problem | undefined {
  const allowed = type === 'bool' ? ['true', 'false'] : options.map(({ value }) => value)
  const chosen = fieldType === 'checkbox' ? text.split(';').filter((part) => part !== '') : [text]
  const wrong = chosen.find((value) => !allowed.includes(value))
  // The emulator does not know the options of HubSpot's own properties.
  if (wrong === undefined || (hubspotDefined && allowed.length === 0)) return undefined
  return { name, error: 'INVALID_OPTION', message: `${wrong} was not one of the allowed options: [${allowed.join(', ')}]` }
}

function isMidnight(text: string): boolean {
  const moment = readMoment(text)
  return moment !== undefined && moment.getTime() % DAY_MS === 0
}

function storedValue(property: Property | undefined, value: unknown): string {
  const text = String(value)
  const isMoment = property?.type === 'datetime' || property?.type === 'date'
  return text !== '' && isMoment ? String(readMoment(text)?.getTime()) : text
}

function invalidValues(problems: readonly Problem[]) {
  const details = problems.map((problem) => ({ isValid: false, ...problem, localizedErrorMessage: problem.message }))
  const errors = problems.map(({ name, error, message }) => ({ message, code: error, context: { propertyName: [name] } }))
  return validationError(`Property values were not valid: ${JSON.stringify(details)}`, errors)
}
