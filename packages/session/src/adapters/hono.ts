import type { SessionPreset } from '../presets/session-preset.ts'
import { createGuard } from './guard.ts'
import type { GuardOptions } from './guard.ts'
import { refusalOf } from './refusal.ts'
import { keepSession } from './verified.ts'

export type { GuardOptions } from './guard.ts'
export { sessionOf } from './verified.ts'

interface Context {
  readonly req: { readonly raw: Request }
}

/**
 * Hono: lets only verified sessions on to the routes behind it; they ask `sessionOf(context)`. Others hear 401, or 503 while keys
 * cannot be loaded, with `{ code }`. Where the session comes in a cookie, a request that changes something must come from a page of ours,
 * as JSON with the header `x-trackline: 1`, or hears 403 `CSRF_REFUSED`; see {@link GuardOptions.origins}.
 */
export function requireSession(preset: SessionPreset | readonly SessionPreset[], options?: GuardOptions) {
  const guard = createGuard(preset, options)
  return async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    try {
      keepSession(context, await guard(context.req.raw))
    } catch (error) {
      const { status, headers, body } = refusalOf(error)
      return Response.json(body, { status, headers })
    }
    await next()
    return undefined
  }
}
