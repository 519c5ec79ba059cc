import type { SessionPreset } from '../presets/session-preset.ts'
import type { RouteRequest } from '../route/judge-sender.ts'
import { createGuard } from './guard.ts'
import type { GuardOptions } from './guard.ts'
import { refusalOf } from './refusal.ts'
import { keepSession } from './verified.ts'

export type { GuardOptions } from './guard.ts'
export { sessionOf } from './verified.ts'

/**
 * Fastify: an `onRequest` hook that lets only verified sessions on; routes ask `sessionOf(request)`. For others it throws an error
 * with `statusCode` 401, or 503 while keys cannot be loaded, and `code`, which Fastify answers with; its `cause` is for the log.
 * Where the session comes in a cookie, a request that changes something must come from a page of ours, as JSON with the header
 * `x-trackline: 1`, or the error is 403 `CSRF_REFUSED`; see {@link GuardOptions.origins}.
 */
export function requireSession(preset: SessionPreset | readonly SessionPreset[], options?: GuardOptions) {
  const guard = createGuard(preset, options)
  return async (request: { readonly raw: RouteRequest }): Promise<void> => {
    try {
      keepSession(request, await guard(request.raw))
    } catch (error) {
      const { status, headers, body } = refusalOf(error)
      throw Object.assign(new Error('no valid session', { cause: error }), { statusCode: status, headers, code: body.code })
    }
  }
}
