import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readText } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { TOKEN_TYPES } from './template-store.ts'
import type { TemplateToken, TokenOption, TokenType } from './template-store.ts'

const NAME = /^[A-Za-z0-9._-]+$/
// Handlebars has helpers of these names, which would win over a token.
const TAKEN_NAMES = ['log', 'lookup']

/** Reads a token definition, or 400 naming what is wrong with it. */
export function checkToken(value: unknown, now: Date): TemplateToken {
  const fields = readFields(value, 'a token')
  const name = readText(fields, 'name', 'a token')
  const what = `token "${name}"`
  checkName(name)
  const type = readTokenType(fields['type'], what)
  return { name, type, ...checkChangeable(fields, { what, type }), createdAt: now, updatedAt: now }
}

/** Reads the parts of a token that may change later: label, options and the property it stamps. */
export function checkChangeable(fields: Fields, { what, type }: { what: string; type: TokenType }) {
  return {
    label: readText(fields, 'label', what),
    options: readOptions(fields['options'], { what, type }),
    objectPropertyName: readOptionalText(fields, 'objectPropertyName', what) || undefined,
  }
}

/** Refuses a name that a template could not use. */
export function checkName(name: string, noun: 'token' | 'property' = 'token'): void {
  if (!NAME.test(name)) {
    throw validationError(`${noun} name "${name}" is invalid: use letters, digits, periods, dashes and underscores only`)
  }
  if (TAKEN_NAMES.includes(name)) throw validationError(`${noun} name "${name}" is reserved by Handlebars: choose another`)
}

/** Reads the type of a value, or 400 naming those that exist. */
export function readTokenType(value: unknown, what: string): TokenType {
  const type = TOKEN_TYPES.find((known) => known === value)
  if (type !== undefined) return type
  throw validationError(`"type" of ${what} must be one of ${TOKEN_TYPES.join(', ')}, not ${describe(value)}`)
}

/** Reads the choices of an enumeration, which must have some; everything else must have none. */
export function readOptions(value: unknown, { what, type }: { what: string; type: TokenType }): TokenOption[] {
  const options = value ?? []
  if (!Array.isArray(options)) throw validationError(`"options" of ${what} must be a list, not ${describe(value)}`)
  if (type !== 'enumeration' && options.length > 0)
    throw validationError(`${what} has options, which only an enumeration may have`)
  if (type === 'enumeration' && options.length === 0) throw validationError(`${what} is an enumeration and must have options`)
  const read = options.map((option: unknown) => readOption(option, what))
  refuseRepeats(
    read.map((option) => option.value),
    `option value of ${what}`,
  )
  return read
}

function readOption(option: unknown, what: string): TokenOption {
  const fields = readFields(option, `an option of ${what}`)
  return { value: readText(fields, 'value', `an option of ${what}`), label: readText(fields, 'label', `an option of ${what}`) }
}

/** Throws 400 when a name is in the list twice. */
export function refuseRepeats(names: readonly string[], what: string): void {
  const repeated = names.find((name, at) => names.indexOf(name) !== at)
  if (repeated !== undefined) throw validationError(`${what} "${repeated}" is there twice`)
}
