import { SessionError } from '../session-error.ts'

/** The first of all checks, so that five megabytes cost no more than their length. */
export function checkLength({ length }: string, min: number, max: number): void {
  const got = `${length} characters`
  if (length < min) throw new SessionError('too_small', { expected: `at least ${min}`, got })
  if (length > max) throw new SessionError('too_large', { expected: `at most ${max}`, got })
}
