import type { SessionPreset } from '../presets/session-preset.ts'
import type { HeadersInput } from '../token/header-values.ts'
import { verifySession } from '../verify-session.ts'
import type { VerifyOptions } from '../verify-session.ts'
import { refusalOf } from './refusal.ts'
import { keepSession } from './verified.ts'

export { sessionOf } from './verified.ts'

/**
 * Fastify: an `onRequest` hook that lets only verified sessions on; routes ask `sessionOf(request)`. For others it throws an error
 * with `statusCode` 401, or 503 while keys cannot be loaded, and `code`, which Fastify answers with; its `cause` is for the log.
 * Where a preset reads a cookie, guard routes that change something against other sites yourself.
 */
export function requireSession(preset: SessionPreset | readonly SessionPreset[], options?: VerifyOptions) {
  return async (request: { readonly raw: HeadersInput }): Promise<void> => {
    try {
      keepSession(request, await verifySession(request.raw, preset, options))
    } catch (error) {
      const { status, headers, body } = refusalOf(error)
      throw Object.assign(new Error('no valid session', { cause: error }), { statusCode: status, headers, code: body.code })
    }
  }
}
