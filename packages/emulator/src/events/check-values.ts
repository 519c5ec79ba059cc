import { validationError } from '../http/hubspot-error.ts'
import type { Fields } from '../http/read-fields.ts'
import { describe } from '../http/read-fields.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { TemplateToken } from '../timeline/template-store.ts'

export type TokenValues = Readonly<Record<string, string>>

export type ValueRules = {
  /** The API's word for a value: `token` in v3, `property` elsewhere. */
  noun: 'token' | 'property'
  /** What defines the values, for messages: `template "1001"`. */
  owner: string
  /** Every one must be sent; otherwise any may be left out. */
  isComplete: boolean
  /** Which dates the API reads; ISO 8601 and milliseconds unless given. */
  dates?: { read: (value: unknown) => Date | undefined; wording: string }
}

const ANY_DATE = { read: readMoment, wording: 'a date: milliseconds since 1970 or ISO 8601' }

/**
 * Checks an event's values against their definitions: none unknown, each of its type.
 * An empty string stands for "no value" and passes for any type. All problems are reported at once.
 */
export function checkValues(definitions: readonly TemplateToken[], values: Fields, rules: ValueRules): TokenValues {
  const problems = [
    ...(rules.isComplete ? missingValues(definitions, values, rules) : []),
    ...unknownValues(definitions, values, rules),
    ...badValues(definitions, values, rules),
  ]
  const [first] = problems
  if (first === undefined) return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
  const message = problems.length === 1 ? first.message : problems.map((problem) => problem.message).join('; ')
  throw validationError(message, problems)
}

type Problem = { message: string; in: string }

function missingValues(definitions: readonly TemplateToken[], values: Fields, { noun, owner }: ValueRules): Problem[] {
  return definitions
    .filter(({ name }) => !Object.hasOwn(values, name))
    .map(({ name }) => ({ message: `${noun} "${name}" is missing: ${owner} defines it, send "" for no value`, in: name }))
}

function unknownValues(definitions: readonly TemplateToken[], values: Fields, { noun, owner }: ValueRules): Problem[] {
  const known = new Set(definitions.map(({ name }) => name))
  const unknown = Object.keys(values).filter((sent) => !known.has(sent))
  return unknown.map((name) => ({ message: `${noun} "${name}" is not defined in ${owner}`, in: name }))
}

function badValues(definitions: readonly TemplateToken[], values: Fields, rules: ValueRules): Problem[] {
  return definitions
    .filter(({ name }) => Object.hasOwn(values, name))
    .flatMap((definition) => {
      const { name } = definition
      const expected = expectation(definition, values[name], rules)
      if (expected === undefined) return []
      return [{ message: `${rules.noun} "${name}" must be ${expected}, not ${describe(values[name])}`, in: name }]
    })
}

// What the value should have been; undefined when it is fine.
function expectation({ type, options }: TemplateToken, value: unknown, { dates = ANY_DATE }: ValueRules): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return 'a string'
  const text = String(value)
  if (text === '' || type === 'string') return undefined
  if (type === 'number') return isNumeric(text) ? undefined : 'a number'
  if (type === 'date') return dates.read(text) ? undefined : dates.wording
  const allowed = options.map((option) => option.value)
  return allowed.includes(text) ? undefined : `one of ${allowed.join(', ')}`
}

/** True for what a reader of decimal numbers takes: no spaces around, not infinite. */
export function isNumeric(text: string): boolean {
  return text !== '' && text.trim() === text && Number.isFinite(Number(text))
}
