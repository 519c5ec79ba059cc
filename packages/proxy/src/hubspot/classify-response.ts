import type { Outcome } from '../outcome.ts'
import { readErrorBody } from './error-body.ts'
import type { ErrorBody } from './error-body.ts'

/** The window of `TEN_SECONDLY_ROLLING`: after it, as much may be sent again as the limit allows. */
const ROLLING_WINDOW_MS = 10_000
const SECONDLY_WINDOW_MS = 1_000
/** `DAILY` resets at midnight in the account's time zone, which no answer tells. Who knows the zone waits for that; else, look every hour. */
const DAILY_LOOK_MS = 3_600_000
/** HubSpot says of 423 that the lock lasts about two seconds. */
const LOCKED_MS = 2_000
/** "At once" would be a loop that never counts as a failure. */
const MIN_RETRY_AFTER_SECONDS = 1
const MAX_RETRY_AFTER_SECONDS = 24 * 3_600

/**
 * Reads an answer that is not a success: what it means for the events the request carried. Reads nothing else: no clock, no
 * database.
 *
 * A refused token (401) is `retry`; whoever holds the grant renews it first.
 * @see https://developers.hubspot.com/docs/api-reference/error-handling
 */
export function classifyResponse(status: number, body: unknown, retryAfter?: string | null): Outcome {
  const error = readErrorBody(body)
  const detail = error.message ?? `HubSpot answered ${status}`
  const waitMs = readRetryAfterMs(retryAfter)
  if (status === 429 && error.policyName === 'DAILY') return { kind: 'snooze', forMs: waitMs ?? DAILY_LOOK_MS, code: 'HUBSPOT_DAILY_LIMIT', detail }
  if (status === 429) return { kind: 'snooze', forMs: waitMs ?? rateLimitWaitMs(error), code: 'HUBSPOT_RATE_LIMITED', detail }
  if (status === 423) return { kind: 'retry', forMs: waitMs ?? LOCKED_MS, code: 'HUBSPOT_UNAVAILABLE', detail }
  if (status === 477) return { kind: 'retry', forMs: waitMs ?? ROLLING_WINDOW_MS, code: 'HUBSPOT_UNAVAILABLE', detail }
  if (status === 503 && waitMs !== undefined) return { kind: 'retry', forMs: waitMs, code: 'HUBSPOT_UNAVAILABLE', detail }
  if (status === 401) return { kind: 'retry', code: 'HUBSPOT_TOKEN_REJECTED', detail }
  if (status === 403) return { kind: 'retry', code: 'HUBSPOT_FORBIDDEN', detail }
  if (status === 408 || status >= 500) return { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail }
  if (status === 404 || status === 410) return { kind: 'retry', code: 'EVENT_TYPE_MISSING', detail }
  if (status === 413) return { kind: 'dead', code: 'HUBSPOT_REQUEST_TOO_LARGE', detail }
  if (status >= 400) return { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail }
  return { kind: 'retry', code: 'HUBSPOT_ANSWER_UNREADABLE', detail }
}

function rateLimitWaitMs({ policyName }: ErrorBody): number {
  return policyName === 'SECONDLY' ? SECONDLY_WINDOW_MS : ROLLING_WINDOW_MS
}

/** Seconds as in RFC 9110 section 10.2.3; a date there would need a clock, and HubSpot sends none. */
function readRetryAfterMs(retryAfter: string | null | undefined): number | undefined {
  if (!retryAfter || !/^\d{1,9}$/.test(retryAfter)) return undefined
  return Math.min(Math.max(Number(retryAfter), MIN_RETRY_AFTER_SECONDS), MAX_RETRY_AFTER_SECONDS) * 1000
}
