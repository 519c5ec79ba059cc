import type { OptionRule } from './check-options.ts'

const MAX_TEXT_CHARACTERS = 2048
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/

/** An issuer or audience: compared character by character, so blanks around it could never match. */
export const EXACT_TEXT = {
  expected: `a string of 1 to ${MAX_TEXT_CHARACTERS} characters without spaces at its ends`,
  accepts: (value: unknown) =>
    typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT_CHARACTERS && value.trim() === value,
} as const satisfies OptionRule

export const COOKIE = {
  expected: "the name of a cookie, such as '__session'",
  accepts: (value: unknown) => typeof value === 'string' && COOKIE_NAME.test(value),
} as const satisfies OptionRule

/** As `COOKIE`, or true for the name that the provider uses. */
export const COOKIE_OR_TRUE = {
  expected: "the name of a cookie, or true for the provider's usual one",
  accepts: (value: unknown) => value === true || COOKIE.accepts(value),
} as const satisfies OptionRule

export const BOOLEAN = {
  expected: 'true or false',
  accepts: (value: unknown) => typeof value === 'boolean',
} as const satisfies OptionRule

/** A text of one form: an id that becomes part of an address must not be able to lead to another one. */
export function textOf(expected: string, form: RegExp): OptionRule {
  return { expected, accepts: (value) => typeof value === 'string' && value.length <= MAX_TEXT_CHARACTERS && form.test(value) }
}

export const KEY_ID = {
  expected: 'a string of 1 to 256 printable ASCII characters',
  accepts: isKeyId,
} as const satisfies OptionRule

export const FUNCTION = {
  expected: 'a function',
  accepts: (value: unknown) => typeof value === 'function',
} as const satisfies OptionRule

/** A `kid` is compared and shown in logs, and never becomes part of a path or address. */
export function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 256 && PRINTABLE_ASCII.test(value)
}
