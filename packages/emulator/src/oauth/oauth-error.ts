import { HubSpotError } from '../http/hubspot-error.ts'

// The older word that HubSpot sends as `status`, and the RFC 6749 word it has since put next to it.
const ERRORS = {
  BAD_AUTH_CODE: 'invalid_grant',
  BAD_REFRESH_TOKEN: 'invalid_grant',
  BAD_REDIRECT_URI: 'invalid_grant',
  BAD_CLIENT_ID: 'invalid_client',
  BAD_CLIENT_SECRET: 'invalid_client',
  BAD_GRANT_TYPE: 'unsupported_grant_type',
  BAD_REQUEST: 'invalid_request',
} as const

export type OAuthErrorStatus = keyof typeof ERRORS

/** 400 in both spellings: `error` and `error_description`, `status` and `message`. */
export function oauthError(status: OAuthErrorStatus, message: string): HubSpotError {
  return new HubSpotError(400, message, { body: { status, error: ERRORS[status], error_description: message } })
}
