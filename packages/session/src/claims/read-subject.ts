import { describeShape } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { Claims } from '../token/strict-json.ts'
import { claimAt } from './claim-at.ts'

/** Where the subject is, and how it may be written. */
export interface SubjectForm {
  readonly path: readonly string[]
  /** Also accepts a whole number, as databases count users, and gives it as text. */
  readonly wholeNumbers: boolean
  /** Default 255. */
  readonly maxCharacters?: number
}

const MAX_SUBJECT_CHARACTERS = 255
const CONTROL_CHARACTER = /\p{Cc}/u

export const SUB: SubjectForm = { path: ['sub'], wholeNumbers: false }
export const SUBJECT_FORM = `a string of 1 to ${MAX_SUBJECT_CHARACTERS} characters without control characters`

/** The subject: 1 to 255 characters, none of them a control character. */
export function readSubject(claims: Claims, form: SubjectForm = SUB): string {
  const { path, wholeNumbers, maxCharacters = MAX_SUBJECT_CHARACTERS } = form
  const value = claimAt(claims, path)
  const where = path.join('.')
  if (value === undefined) throw new SessionError('claim_missing', { where })
  if (isSubject(value) && value.length <= maxCharacters) return value
  if (wholeNumbers && Number.isSafeInteger(value)) return String(value)
  throw new SessionError('claim_malformed', { where, expected: SUBJECT_FORM, got: describeShape(value) })
}

export function isSubject(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_SUBJECT_CHARACTERS && !CONTROL_CHARACTER.test(value)
}
