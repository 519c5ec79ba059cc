import type { SessionPreset } from '../presets/session-preset.ts'
import type { Session } from '../verify-session.ts'
import { createGuard } from './guard.ts'
import type { GuardOptions } from './guard.ts'
import { refusalOf } from './refusal.ts'

export type { GuardOptions } from './guard.ts'

/**
 * Next.js, and whatever else answers a Fetch `Request`: `export const GET = withSession(preset, (request, session) => …)`. Others hear
 * 401, or 503 while keys cannot be loaded, with `{ code }`. Where the session comes in a cookie, a request that changes something must
 * come from a page of ours, as JSON with the header `x-trackline: 1`, or hears 403 `CSRF_REFUSED`; see {@link GuardOptions.origins}.
 */
export function withSession<Asked extends Request, Rest extends unknown[]>(
  preset: SessionPreset | readonly SessionPreset[],
  answer: (request: Asked, session: Session, ...rest: Rest) => Response | Promise<Response>,
  options?: GuardOptions,
): (request: Asked, ...rest: Rest) => Promise<Response> {
  const guard = createGuard(preset, options)
  return async (request, ...rest) => {
    const session = await guard(request).catch(refusalOf)
    if ('status' in session) return Response.json(session.body, { status: session.status, headers: session.headers })
    return answer(request, session, ...rest)
  }
}
