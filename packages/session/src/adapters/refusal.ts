import { SessionError } from '../session-error.ts'
import type { SessionErrorCode } from '../session-error.ts'

/** What a stranger may hear of a refusal: a code, not the reason. */
export interface Refusal {
  readonly status: 401 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly code: SessionErrorCode }
}

/** @throws the error itself when it is not a refusal: a mistake of ours must not look like a bad token */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof SessionError)) throw error
  const { code } = error
  if (code === 'SESSION_KEYS_UNAVAILABLE') return { status: 503, headers: { 'retry-after': '5', 'cache-control': 'no-store' }, body: { code } }
  return { status: 401, headers: { 'www-authenticate': 'Bearer', 'cache-control': 'no-store' }, body: { code } }
}
