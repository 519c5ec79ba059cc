import type { SessionPreset } from '../presets/session-preset.ts'
import { verifySession } from '../verify-session.ts'
import type { Session, VerifyOptions } from '../verify-session.ts'
import { refusalOf } from './refusal.ts'

/**
 * Next.js, and whatever else answers a Fetch `Request`: `export const GET = withSession(preset, (request, session) => …)`. Others hear
 * 401, or 503 while keys cannot be loaded, with `{ code }`. Where a preset reads a cookie, guard routes that change something against
 * other sites yourself.
 */
export function withSession<Asked extends Request, Rest extends unknown[]>(
  preset: SessionPreset | readonly SessionPreset[],
  answer: (request: Asked, session: Session, ...rest: Rest) => Response | Promise<Response>,
  options?: VerifyOptions,
): (request: Asked, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const session = await verifySession(request, preset, options).catch(refusalOf)
    if ('status' in session) return Response.json(session.body, { status: session.status, headers: session.headers })
    return answer(request, session, ...rest)
  }
}
