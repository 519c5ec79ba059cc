import { TrackError } from '../../errors.ts'

const RETRY_AFTER_SECONDS = 5

type Methods = Record<string, (...args: never[]) => Promise<unknown>>

/** Makes a failure of the database what callers know, and lets a store be closed once its last call has been answered. */
export function createGuard() {
  let running = 0
  let isClosed = false
  const { promise: idle, resolve: becomeIdle } = Promise.withResolvers<void>()

  async function call<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (isClosed) throw unavailable('the outbox is closed')
    running++
    try {
      return await work()
    } catch (error) {
      throw unavailable(error)
    } finally {
      if (--running === 0 && isClosed) becomeIdle()
    }
  }

  function guarded<Given extends Methods>(methods: Given): Given {
    const entries = Object.entries(methods).map(([name, method]) => [name, (...args: never[]) => call(() => method(...args))])
    // The same names, each with the arguments and the answer of the method that it calls.
    return Object.fromEntries(entries) as Given
  }

  /** Refuses further calls and waits for those that run. False when that was done before. */
  async function drain(): Promise<boolean> {
    if (isClosed) return false
    isClosed = true
    if (running > 0) await idle
    return true
  }

  return { guarded, drain }
}

/** The cause is told by its message alone: what else a database's error holds may be somebody's data. */
export function unavailable(error: unknown, detail?: string): TrackError {
  const cause = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error)
  const says = detail === undefined ? undefined : `${detail}: ${cause}`
  return new TrackError('OUTBOX_UNAVAILABLE', says, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS })
}
