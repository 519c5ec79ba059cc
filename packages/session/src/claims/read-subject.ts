import { describeShape } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { Claims } from '../token/strict-json.ts'

const MAX_SUBJECT_CHARACTERS = 255
const CONTROL_CHARACTER = /\p{Cc}/u

/** The `sub`: 1 to 255 characters, none of them a control character. */
export function readSubject({ sub }: Claims): string {
  if (sub === undefined) throw new SessionError('claim_missing', { where: 'sub' })
  if (isSubject(sub)) return sub
  throw new SessionError('claim_malformed', { where: 'sub', expected: SUBJECT_FORM, got: describeShape(sub) })
}

export const SUBJECT_FORM = `a string of 1 to ${MAX_SUBJECT_CHARACTERS} characters without control characters`

export function isSubject(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_SUBJECT_CHARACTERS && !CONTROL_CHARACTER.test(value)
}
