import { SessionError } from '../../src/index.ts'

/** The SessionError that a promise rejects with; fails the test when it resolves, or rejects with anything else. */
export async function refusalOf(attempt: Promise<unknown>): Promise<SessionError> {
  const outcome = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof SessionError) return outcome
  throw outcome ?? new Error('expected a refusal, but the session was accepted')
}
