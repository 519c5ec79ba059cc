/**
 * One row per refusal a caller can meet: its HTTP status, what is wrong, and what to do about it.
 *
 * docs/errors.md is checked against this table by a test.
 */
export const ERRORS = {
  BODY_INVALID: { status: 400, says: 'the body cannot be read', remedy: 'send JSON: {"batch": [message, …]} to /v1/batch, or one message to /v1/track' },
  BODY_TOO_LARGE: { status: 413, says: 'the body is too large', remedy: 'send fewer events in a request' },
  BATCH_TOO_LARGE: { status: 413, says: 'the batch has too many events', remedy: 'send fewer events in a request' },
  CONTENT_TYPE_UNSUPPORTED: { status: 415, says: 'the content type is not taken', remedy: 'send application/json' },
  CSRF_REFUSED: { status: 403, says: 'a request that carries the session cookie must show that the page sent it', remedy: 'send the header "x-trackline: 1" from a page whose origin is listed' },
  EMAIL_INVALID: { status: 422, says: 'the email is not an address', remedy: 'send one plain address, such as ada@example.com' },
  EVENT_NOT_FOUND: { status: 404, says: 'no such event', remedy: 'ask with the messageId that the reply named, under the session that sent it' },
  EVENT_UNKNOWN: { status: 422, says: 'the event is not defined', remedy: 'add it to the event definitions and restart, or mend the name' },
  EXTRA_DATA_INVALID: { status: 422, says: 'extraData cannot be taken', remedy: 'send at most 16 KB of JSON, nested at most 8 deep' },
  IDENTITY_IN_BODY: { status: 422, says: 'who acted comes from the session, never from the body', remedy: 'leave out email, utk, objectId, domain and timelineIFrame, or send from a server with a server key' },
  IDENTITY_MISSING: { status: 422, says: 'a server key must say for whom it speaks', remedy: 'send userId, email or objectId in each message' },
  INSTALL_INVALID: { status: 400, says: 'this installation cannot go on', remedy: 'run "trackline connect" again and open the new link within 10 minutes' },
  INSTALL_REFUSED: { status: 400, says: 'HubSpot did not grant the connection', remedy: 'read what HubSpot says, then run "trackline connect" again' },
  INTERNAL: { status: 500, says: 'something failed here', remedy: 'send it again; when it lasts, tell the operator the requestId' },
  MESSAGE_INVALID: { status: 422, says: 'the message cannot be read', remedy: 'mend the field that the message names' },
  NOT_FOUND: { status: 404, says: 'there is nothing at this address', remedy: 'see /openapi.json for the addresses' },
  ORIGIN_NOT_ALLOWED: { status: 403, says: 'the page\'s origin is not listed for any site', remedy: 'add it to the site\'s "origins" in trackline.config.ts' },
  OUTBOX_UNAVAILABLE: { status: 503, says: 'the event could not be stored', remedy: 'send it again after Retry-After seconds' },
  PLACEMENT_INVALID: { status: 422, says: 'the record that the event belongs to cannot be told', remedy: 'mend the field that the message names; see "Events of companies and deals" in docs/configuration.md' },
  PROPERTY_INVALID: { status: 422, says: 'a property is not as defined', remedy: 'send what the event\'s definition asks for' },
  RATE_LIMITED: { status: 429, says: 'too many events for one person', remedy: 'send again after Retry-After seconds' },
  REQUEST_INVALID: { status: 400, says: 'the request cannot be read', remedy: 'mend what the detail names' },
  SERVER_KEY_EXPIRED: { status: 401, says: 'the server key has expired', remedy: 'make another with "trackline keys generate --server"; both may be listed while your servers change over' },
  SERVER_KEY_INVALID: { status: 401, says: 'the server key is not one of this site\'s', remedy: 'make one with "trackline keys generate --server" and put its hash into the site\'s "serverKeys"' },
  SERVER_KEY_SCOPE: { status: 403, says: 'the server key may not do this', remedy: 'use a key with the scope that the detail names, or add it to this one in the site\'s "serverKeys"' },
  SESSION_EXPIRED: { status: 401, says: 'the session token has expired', remedy: 'get a new one and send again' },
  SESSION_INVALID: { status: 401, says: 'the session token cannot be trusted', remedy: 'check issuer, audience and key; the operator\'s log names the reason under the requestId' },
  SESSION_KEYS_UNAVAILABLE: { status: 503, says: 'the keys of the identity provider cannot be fetched', remedy: 'send again after Retry-After seconds' },
  SESSION_MISSING: { status: 401, says: 'no session token was sent', remedy: 'send "Authorization: Bearer <session token>"' },
  SITES_UNAVAILABLE: { status: 503, says: 'the site cannot be looked up', remedy: 'send it again after Retry-After seconds; when it lasts, see what the function "sites" of the configuration throws' },
  SITE_UNKNOWN: { status: 400, says: 'it is not clear which site this is for', remedy: 'send from a page of the site, or name the site: ?site=…' },
} as const satisfies Record<string, { status: number; says: string; remedy: string }>

export type ErrorCode = keyof typeof ERRORS

/** A caller's mistake, or our own inability, told with a code of {@link ERRORS}. */
export class TrackError extends Error {
  readonly code: ErrorCode
  /** For 429 and 503: seconds after which the same request may succeed. */
  readonly retryAfterSeconds: number | undefined
  /** The file that could not be used: for the operator, callers are not told. */
  readonly file: string | undefined

  /** @param detail  what is wrong in this case, with the value. Default: what the table says. */
  constructor(code: ErrorCode, detail: string = ERRORS[code].says, options: { retryAfterSeconds?: number; cause?: unknown; file?: string | undefined } = {}) {
    super(detail, { cause: options.cause })
    this.name = 'TrackError'
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
    this.file = options.file
  }
}

/** The RFC 9457 body of an error. */
export interface ProblemDetails {
  type: string
  title: string
  status: number
  code: ErrorCode
  detail: string
  remedy: string
  requestId: string
}

export function toProblemDetails(error: TrackError, requestId: string): ProblemDetails {
  const { status, says, remedy } = ERRORS[error.code]
  const type = `https://trackline.dev/errors#${error.code.toLowerCase()}`
  return { type, title: says, status, code: error.code, detail: error.message, remedy, requestId }
}

/**
 * What was thrown, in words; what `fetch` and the store throw says why in its cause. That an event could not be stored is told to those who
 * send one: to others the cause says it all.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  if (cause === undefined) return message
  const why = cause instanceof Error ? cause.message : String(cause).replace(/^Error: /, '')
  if (message === ERRORS.OUTBOX_UNAVAILABLE.says) return why
  return message.includes(why) ? message : `${message}: ${why}`
}
