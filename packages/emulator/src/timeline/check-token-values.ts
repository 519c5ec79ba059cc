import { validationError } from '../http/hubspot-error.ts'
import type { Fields } from '../http/read-fields.ts'
import { describe } from '../http/read-fields.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { Template, TemplateToken } from './template-store.ts'

export type TokenValues = Readonly<Record<string, string>>

/**
 * Checks an event's token values against its template: every token there, none unknown, each of its type.
 * An empty string stands for "no value" and passes for any type. All problems are reported at once.
 */
export function checkTokenValues(template: Template, values: Fields): TokenValues {
  const problems = [...missingTokens(template, values), ...unknownTokens(template, values), ...badValues(template, values)]
  const [first] = problems
  if (first === undefined) return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
  const message = problems.length === 1 ? first.message : problems.map((problem) => problem.message).join('; ')
  throw validationError(message, problems)
}

type Problem = { message: string; in: string }

function missingTokens(template: Template, values: Fields): Problem[] {
  return template.tokens
    .filter(({ name }) => !Object.hasOwn(values, name))
    .map(({ name }) => ({
      message: `token "${name}" is missing: template "${template.id}" defines it, send "" for no value`,
      in: name,
    }))
}

function unknownTokens(template: Template, values: Fields): Problem[] {
  const unknown = Object.keys(values).filter((sent) => !template.tokens.some(({ name }) => name === sent))
  return unknown.map((name) => ({ message: `token "${name}" is not defined in template "${template.id}"`, in: name }))
}

function badValues(template: Template, values: Fields): Problem[] {
  return template.tokens
    .filter(({ name }) => Object.hasOwn(values, name))
    .flatMap((token) => {
      const expected = expectation(token, values[token.name])
      if (expected === undefined) return []
      return [{ message: `token "${token.name}" must be ${expected}, not ${describe(values[token.name])}`, in: token.name }]
    })
}

// What the value should have been; undefined when it is fine.
function expectation(token: TemplateToken, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return 'a string'
  const text = String(value)
  if (text === '' || token.type === 'string') return undefined
  if (token.type === 'number') return isNumeric(text) ? undefined : 'a number'
  if (token.type === 'date') return readMoment(text) ? undefined : 'a date: milliseconds since 1970 or ISO 8601'
  const allowed = token.options.map((option) => option.value)
  return allowed.includes(text) ? undefined : `one of ${allowed.join(', ')}`
}

function isNumeric(text: string): boolean {
  return text.trim() === text && Number.isFinite(Number(text))
}
