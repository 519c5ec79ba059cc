import { expiredAuthentication, HubSpotError, rateLimited } from '../http/hubspot-error.ts'
import { oauthError } from '../oauth/oauth-error.ts'
import type { Call, Fault } from './fault-queue.ts'

type Wording = { message: string; category?: string }

// Statuses without a line here are told by their number.
const WORDINGS: Readonly<Record<number, Wording>> = {
  400: { message: 'Invalid input (asked for as a fault)', category: 'VALIDATION_ERROR' },
  403: { message: 'You do not have permissions to perform this action (asked for as a fault)', category: 'BANNED' },
  404: { message: 'resource not found (asked for as a fault)', category: 'OBJECT_NOT_FOUND' },
  409: { message: 'The resource exists already (asked for as a fault)', category: 'CONFLICT' },
  423: { message: 'The resource is locked for about 2 seconds (asked for as a fault)', category: 'LOCKED' },
  477: {
    message: 'This account is being migrated between data centers (asked for as a fault)',
    category: 'MIGRATION_IN_PROGRESS',
  },
  500: { message: 'internal error', category: 'INTERNAL_ERROR' },
  503: { message: 'service is temporarily unavailable', category: 'SERVICE_UNAVAILABLE' },
}

const TOKEN_AGE_MS = 1000

/** The refusal a fault answers with, in the body HubSpot would use for the status. */
export function faultAnswer(
  { status = 500, retryAfterSeconds, policyName }: Fault,
  { path }: Pick<Call, 'path'>,
  now: Date,
): HubSpotError {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  const refusal = refusalFor({ status, policyName, path, now })
  return new HubSpotError(status, refusal.message, { body: refusal.body, headers })
}

type Wanted = { status: number; policyName: string | undefined; path: string; now: Date }

function refusalFor({ status, policyName, path, now }: Wanted): HubSpotError {
  if (status === 429) return rateLimited(policyName)
  if (status === 401) return expiredAuthentication(new Date(now.getTime() - TOKEN_AGE_MS), now)
  if (status === 400 && path.startsWith('/oauth/')) return oauthError('BAD_REFRESH_TOKEN', 'missing or unknown refresh token')
  const { message, category } = WORDINGS[status] ?? { message: `answered ${status} (asked for as a fault)` }
  return new HubSpotError(status, message, { body: category === undefined ? {} : { category } })
}
