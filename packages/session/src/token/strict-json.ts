import { SessionError } from '../session-error.ts'

/** The claims of a token: no prototype, frozen all the way down. */
export type Claims = Readonly<Record<string, unknown>>

const MAX_DEPTH = 16
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor'])
// Enough to find the member names of a text that JSON.parse has already accepted: strings, brackets, colons.
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/**
 * Reads one JSON object and refuses what JSON.parse lets through: a member that occurs twice (readers disagree on
 * which one counts), names that reach a prototype, half surrogate pairs, numbers that overflow, deep nesting.
 *
 * @param where 'header' or 'payload', for the error.
 * @returns a frozen copy without prototypes.
 * @throws SessionError `SESSION_INVALID`
 */
export function parseStrictJson(bytes: Uint8Array, where: string): Claims {
  const text = decodeText(bytes, where)
  const value = parse(text, where)
  if (!isObject(value)) throw new SessionError('not_object', { where })
  checkNames(text, where)
  return frozenObject(value, where)
}

function decodeText(bytes: Uint8Array, where: string): string {
  try {
    // ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SessionError('not_utf8', { where })
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold an email.
    throw new SessionError('not_json', { where })
  }
}

/** Walks the text, since the parsed value no longer shows that a member occurred twice. */
function checkNames(text: string, where: string): void {
  const open: Set<string>[] = []
  let previous = ''
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') addName(open.at(-1), previous, where)
    else previous = token
    if (open.length > MAX_DEPTH) throw new SessionError('too_deep', { where, expected: `at most ${MAX_DEPTH} levels` })
  }
}

function addName(names: Set<string> | undefined, quoted: string, where: string): void {
  // Parsed, because "e\u006dail" and "email" are the same name.
  const name: unknown = JSON.parse(quoted)
  if (names === undefined || typeof name !== 'string') return
  if (FORBIDDEN_NAMES.has(name)) throw new SessionError('member_not_allowed', { where, got: name })
  if (!name.isWellFormed()) throw new SessionError('not_well_formed', { where })
  if (names.has(name)) throw new SessionError('duplicate_member', { where })
  names.add(name)
}

function frozenObject(source: object, where: string): Claims {
  const copy: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(source)) copy[name] = frozenValue(value, where)
  return Object.freeze(copy)
}

function frozenValue(value: unknown, where: string): unknown {
  if (typeof value === 'string' && !value.isWellFormed()) throw new SessionError('not_well_formed', { where })
  if (typeof value === 'number' && !Number.isFinite(value)) throw new SessionError('number_not_finite', { where })
  if (Array.isArray(value)) return Object.freeze(value.map((each: unknown) => frozenValue(each, where)))
  return isObject(value) ? frozenObject(value, where) : value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
