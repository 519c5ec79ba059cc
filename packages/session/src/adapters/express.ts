import type { SessionPreset } from '../presets/session-preset.ts'
import type { HeadersInput } from '../token/header-values.ts'
import { verifySession } from '../verify-session.ts'
import type { VerifyOptions } from '../verify-session.ts'
import { refusalOf } from './refusal.ts'
import { keepSession } from './verified.ts'

export { sessionOf } from './verified.ts'

interface Response {
  status(code: number): Response
  set(headers: Record<string, string>): Response
  json(body: unknown): unknown
}

/**
 * Express: lets only verified sessions on to the routes behind it; they ask `sessionOf(request)`. Others hear 401, or 503 while keys
 * cannot be loaded, with `{ code }`. Where a preset reads a cookie, guard routes that change something against other sites yourself.
 */
export function requireSession(preset: SessionPreset | readonly SessionPreset[], options?: VerifyOptions) {
  return async (request: HeadersInput, response: Response, next: () => void): Promise<void> => {
    try {
      keepSession(request, await verifySession(request, preset, options))
    } catch (error) {
      const { status, headers, body } = refusalOf(error)
      response.status(status).set({ ...headers }).json(body)
      return
    }
    next()
  }
}
