import { SessionError } from '../session-error.ts'
import type { SessionErrorCode } from '../session-error.ts'
import { ForgeryError } from './refuse-forgery.ts'

/** What a stranger may hear of a refusal: a code, not the reason. */
export interface Refusal {
  readonly status: 401 | 403 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly code: SessionErrorCode | 'CSRF_REFUSED' }
}

const NOT_KEPT = { 'cache-control': 'no-store' }

/** Whether the error says why a request is refused. Any other is a mistake of ours, which must not look like a bad token. */
export function isRefusal(error: unknown): error is SessionError | ForgeryError {
  return error instanceof SessionError || error instanceof ForgeryError
}

/** @throws the error itself when it is not a refusal */
export function refusalOf(error: unknown): Refusal {
  if (!isRefusal(error)) throw error
  if (error instanceof ForgeryError) return { status: 403, headers: NOT_KEPT, body: { code: 'CSRF_REFUSED' } }
  const { code, retryAfterSeconds } = error
  if (code === 'SESSION_KEYS_UNAVAILABLE') return { status: 503, headers: { 'retry-after': '5', ...NOT_KEPT }, body: { code } }
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return { status: 401, headers: { 'www-authenticate': 'Bearer', ...retry, ...NOT_KEPT }, body: { code } }
}
