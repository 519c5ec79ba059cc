import type { SessionPreset } from '../presets/session-preset.ts'
import type { RouteRequest } from '../route/judge-sender.ts'
import { createGuard } from './guard.ts'
import type { GuardOptions } from './guard.ts'
import { isRefusal, refusalOf } from './refusal.ts'
import { keepSession } from './verified.ts'

export type { GuardOptions } from './guard.ts'
export { sessionOf } from './verified.ts'

interface Response {
  status(code: number): Response
  set(headers: Record<string, string>): Response
  json(body: unknown): unknown
}

/**
 * Express: lets only verified sessions on to the routes behind it; they ask `sessionOf(request)`. Others hear 401, or 503 while keys
 * cannot be loaded, with `{ code }`. Where the session comes in a cookie, a request that changes something must come from a page of ours,
 * as JSON with the header `x-trackline: 1`, or hears 403 `CSRF_REFUSED`; see {@link GuardOptions.origins}. Any other error goes to `next`:
 * Express 4 looks at no promise.
 */
export function requireSession(preset: SessionPreset | readonly SessionPreset[], options?: GuardOptions) {
  const guard = createGuard(preset, options)
  return async (request: RouteRequest, response: Response, next: (error?: unknown) => void): Promise<void> => {
    try {
      keepSession(request, await guard(request))
    } catch (error) {
      if (!isRefusal(error)) return next(error)
      const { status, headers, body } = refusalOf(error)
      response.status(status).set({ ...headers }).json(body)
      return
    }
    next()
  }
}
