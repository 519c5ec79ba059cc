import type { SessionPreset } from '../presets/session-preset.ts'
import { verifySession } from '../verify-session.ts'
import type { VerifyOptions } from '../verify-session.ts'
import { refusalOf } from './refusal.ts'
import { keepSession } from './verified.ts'

export { sessionOf } from './verified.ts'

interface Context {
  readonly req: { readonly raw: Request }
}

/**
 * Hono: lets only verified sessions on to the routes behind it; they ask `sessionOf(context)`. Others hear 401, or 503 while keys
 * cannot be loaded, with `{ code }`. Where a preset reads a cookie, guard routes that change something against other sites yourself.
 */
export function requireSession(preset: SessionPreset | readonly SessionPreset[], options?: VerifyOptions) {
  return async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    try {
      keepSession(context, await verifySession(context.req.raw, preset, options))
    } catch (error) {
      const { status, headers, body } = refusalOf(error)
      return Response.json(body, { status, headers })
    }
    await next()
    return undefined
  }
}
