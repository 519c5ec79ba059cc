import { OBJECT_TYPES } from '../events/object-types.ts'
import type { ObjectType } from '../events/object-types.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readText } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { parseTemplate, TemplateSyntaxError } from '../rendering/parse-template.ts'
import { checkToken, refuseRepeats } from './check-token.ts'
import type { NewTemplate, TemplateToken } from './template-store.ts'

export const MAX_TEMPLATES = 750
export const MAX_TOKENS = 500
const MAX_NAME_CHARS = 50
const MAX_HEADER_CHARS = 1000
const MAX_DETAIL_CHARS = 10_000

/** Reads a new template, or 400 naming what is wrong with it. */
export function checkTemplate(value: unknown, now: Date): NewTemplate {
  const fields = readFields(value, 'an event template')
  return { objectType: readObjectType(fields), ...checkTemplateChange(fields, now) }
}

/** Reads what may change later: everything but the object type. */
export function checkTemplateChange(fields: Fields, now: Date): Omit<NewTemplate, 'objectType'> {
  return {
    name: readName(fields),
    ...readTemplateTexts(fields, 'an event template'),
    tokens: readTokens(fields['tokens'], now),
  }
}

function readName(fields: Fields): string {
  const name = readText(fields, 'name', 'an event template')
  if (name.length <= MAX_NAME_CHARS) return name
  throw validationError(`template name "${name}" has ${name.length} characters: at most ${MAX_NAME_CHARS} are allowed`)
}

function readObjectType(fields: Fields): ObjectType {
  const objectType = OBJECT_TYPES.find((known) => known === fields['objectType'])
  if (objectType !== undefined) return objectType
  throw validationError(`"objectType" must be one of ${OBJECT_TYPES.join(', ')}, not ${describe(fields['objectType'])}`)
}

type TemplateTexts = { headerTemplate: string | undefined; detailTemplate: string | undefined }

/** Reads the two templates of a kind of event, which every API but custom events has. */
export function readTemplateTexts(fields: Fields, what: string): TemplateTexts {
  return {
    headerTemplate: readTemplateText(fields, what, { name: 'headerTemplate', maxChars: MAX_HEADER_CHARS }),
    detailTemplate: readTemplateText(fields, what, { name: 'detailTemplate', maxChars: MAX_DETAIL_CHARS }),
  }
}

type TextRules = { name: 'headerTemplate' | 'detailTemplate'; maxChars: number }

function readTemplateText(fields: Fields, what: string, { name, maxChars }: TextRules): string | undefined {
  const text = readOptionalText(fields, name, what)
  if (text === undefined) return undefined
  if (text.length > maxChars) throw validationError(`${name} has ${text.length} characters: at most ${maxChars} are allowed`)
  if (name === 'headerTemplate' && /[\r\n]/.test(text.trim())) throw validationError('headerTemplate must be one line')
  refuseBadSyntax(name, text)
  return text
}

function refuseBadSyntax(name: string, text: string) {
  try {
    parseTemplate(text)
  } catch (cause) {
    if (!(cause instanceof TemplateSyntaxError)) throw cause
    throw validationError(`${name} cannot be read at ${cause.message}`)
  }
}

function readTokens(value: unknown, now: Date): TemplateToken[] {
  if (!Array.isArray(value))
    throw validationError(`an event template must have "tokens": a list, possibly empty, not ${describe(value)}`)
  if (value.length > MAX_TOKENS) throw validationError(`a template may have at most ${MAX_TOKENS} tokens, not ${value.length}`)
  const tokens = value.map((token: unknown) => checkToken(token, now))
  refuseRepeats(
    tokens.map((token) => token.name),
    'token',
  )
  return tokens
}
