import { checkOptions } from '../options/check-options.ts'
import type { SessionPreset } from '../presets/session-preset.ts'
import type { RouteRequest } from '../route/judge-sender.ts'
import { ORIGINS } from '../route/origins-rule.ts'
import { verifyAndLocate } from '../verify-session.ts'
import type { Session, VerifyOptions } from '../verify-session.ts'
import { refuseForgery } from './refuse-forgery.ts'

export interface GuardOptions extends VerifyOptions {
  /**
   * Origins of your pages on other hosts, such as ['https://app.example.com']. Where the session comes in a cookie, a request that
   * changes something is taken from these and from the route's own origin, as JSON, with the header `x-trackline: 1`. Default: none.
   */
  origins?: readonly string[]
}

/** What every framework's adapter does with a request: the session, or the error that says why there is none. */
export function createGuard(preset: SessionPreset | readonly SessionPreset[], { origins, ...options }: GuardOptions = {}) {
  checkOptions('requireSession', { ...(origins !== undefined && { origins }) }, { origins: ORIGINS })

  return async (request: RouteRequest): Promise<Session> => {
    const { session, from } = await verifyAndLocate(request, preset, options)
    if (from === 'cookie') refuseForgery(request, origins ?? [])
    return session
  }
}
