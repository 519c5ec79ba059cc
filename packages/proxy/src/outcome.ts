/** What one attempt to deliver an event meant. */
export type Outcome =
  /** HubSpot has the event; the row is finished. */
  | { kind: 'delivered' }
  /** HubSpot counts our requests and asked us to wait: no attempt is used up. */
  | { kind: 'snooze'; forMs: number; code: DeliveryCode; detail?: string }
  /** May work later; an attempt is used up. `forMs`: HubSpot said after how long. */
  | { kind: 'retry'; forMs?: number; code: DeliveryCode; detail?: string }
  /** Can never work as written; a person must look. */
  | { kind: 'dead'; code: DeliveryCode; detail?: string }

/** Why an event is not delivered yet, or never will be. docs/errors.md explains each to the operator; a test compares. */
export const DELIVERY_CODES = {
  HUBSPOT_RATE_LIMITED: 'HubSpot asked us to slow down; delivery goes on when its window has passed',
  HUBSPOT_DAILY_LIMIT: 'the account has used up its requests for today; delivery goes on after midnight in its time zone',
  HUBSPOT_UNAVAILABLE: 'HubSpot answered that it cannot serve now, or not at all',
  HUBSPOT_UNREACHABLE: 'no answer came from HubSpot: the connection failed or timed out',
  HUBSPOT_ANSWER_UNREADABLE: 'HubSpot answered success without the body that success has',
  HUBSPOT_TOKEN_REJECTED: 'HubSpot refused the access token, a fresh one too',
  HUBSPOT_FORBIDDEN: 'the connected account lacks a scope or a subscription that this target needs, or the developer key or the app id is not good',
  HUBSPOT_REJECTED_EVENT: 'HubSpot refused this event for what it holds; the detail keeps its reason',
  HUBSPOT_REQUEST_TOO_LARGE: 'HubSpot found the event too large',
  EVENT_TYPE_MISSING: 'HubSpot has no event type, no token or no contact property for this event yet: run "trackline events push"',
  NOT_CONNECTED: 'the HubSpot account is not connected: run "trackline connect"',
  RECONNECT_NEEDED: 'HubSpot withdrew the connection: run "trackline connect" once more',
  GRANT_UNREADABLE: 'the stored connection cannot be opened with the configured "keys"; add the key that sealed it, or connect again',
  GRANT_REFRESH_FAILED: 'the access token could not be renewed for now',
  EMAIL_NOT_FOUND: 'no configured source knows this person\'s email yet',
  PROCESS_ENDED: 'the process ended each time that it was about to send this event',
  GAVE_UP: 'it could not be delivered within the time that retries are given',
} as const satisfies Record<string, string>

export type DeliveryCode = keyof typeof DELIVERY_CODES

const MEANINGS = new Map<string, string>(Object.entries(DELIVERY_CODES))

/** What a code means, in words, and the detail that came with it; of a code that another version has written: where to look. */
export function meaningOf(code: string, detail?: string): string {
  const meaning = MEANINGS.get(code) ?? 'see docs/errors.md'
  return detail === undefined ? meaning : `${meaning} (${detail})`
}
