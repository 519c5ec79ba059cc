type Body = Record<string, unknown>

type Rest = { body?: Body; headers?: Record<string, string> }

/** A refusal as HubSpot words it. Sending it adds a correlation id, and `status: "error"` unless the body has its own. */
export class HubSpotError extends Error {
  readonly statusCode: number
  readonly body: Body
  readonly headers: Record<string, string>

  constructor(statusCode: number, message: string, { body = {}, headers = {} }: Rest = {}) {
    super(message)
    this.statusCode = statusCode
    this.body = body
    this.headers = headers
  }
}

/** 400: the call was understood and breaks a rule. */
export function validationError(message: string, errors?: { message: string; in?: string }[]): HubSpotError {
  return new HubSpotError(400, message, { body: { category: 'VALIDATION_ERROR', ...(errors && { errors }) } })
}

/** 400: the body could not be read at all. HubSpot sends no category with these. */
export function malformedJson({ line, column }: { line: number; column: number }, problem: string): HubSpotError {
  return new HubSpotError(400, `Invalid input JSON on line ${line}, column ${column}: ${problem}`)
}

export function notFound(message: string): HubSpotError {
  return new HubSpotError(404, message, { body: { category: 'OBJECT_NOT_FOUND' } })
}

export function conflict(message: string): HubSpotError {
  return new HubSpotError(409, message, { body: { category: 'CONFLICT' } })
}

export function unsupportedMediaType(expected: string): HubSpotError {
  return new HubSpotError(415, `Unsupported Media Type: send the body as ${expected}`, {
    body: { category: 'VALIDATION_ERROR' },
  })
}

/** 401: no credential of the kind this call takes. */
export function invalidAuthentication(supported = 'This API supports OAuth 2.0 authentication.'): HubSpotError {
  const message = `Authentication credentials not found. ${supported}`
  return new HubSpotError(401, message, { body: { category: 'INVALID_AUTHENTICATION' } })
}

/** 401: the token's time is over. A token that cannot be read at all expired at the epoch. */
export function expiredAuthentication(expiredAt: Date, now: Date): HubSpotError {
  const seconds = Math.max(0, Math.floor((now.getTime() - expiredAt.getTime()) / 1000))
  const age = seconds < 86_400 ? `${seconds} second(s)` : `${Math.floor(seconds / 86_400)} day(s)`
  return new HubSpotError(401, `The OAuth token used to make this call expired ${age} ago.`, {
    body: { category: 'EXPIRED_AUTHENTICATION', context: { 'expire time': [expiredAt.toISOString()] } },
  })
}

/** 403: the token is live and lacks every one of `scopes`, any of which would do. */
export function missingScopes(scopes: readonly string[]): HubSpotError {
  const message =
    "This app hasn't been granted all required scopes to make this call. " +
    'Read more about required scopes here: https://developers.hubspot.com/scopes.'
  return new HubSpotError(403, message, {
    body: {
      category: 'MISSING_SCOPES',
      errors: [{ message: 'One or more of the following scopes are required.', context: { requiredGranularScopes: scopes } }],
      links: { scopes: 'https://developers.hubspot.com/scopes' },
    },
  })
}

const POLICY_WORDS: Readonly<Record<string, string>> = {
  TEN_SECONDLY_ROLLING: 'ten_secondly_rolling',
  SECONDLY: 'secondly',
  DAILY: 'daily',
}

/** The rate-limit policies a 429 may name. */
export const RATE_LIMIT_POLICIES: readonly string[] = Object.keys(POLICY_WORDS)

/** 429 as HubSpot sends it; it gives no Retry-After unless asked for one. */
export function rateLimited(policyName = 'TEN_SECONDLY_ROLLING', headers: Record<string, string> = {}): HubSpotError {
  return new HubSpotError(429, `You have reached your ${POLICY_WORDS[policyName] ?? policyName} limit.`, {
    body: { errorType: 'RATE_LIMIT', policyName },
    headers,
  })
}
