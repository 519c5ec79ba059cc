import type { SentProperties, EventDefinitions } from './define-events.ts'

/** Most events one request may carry. */
export const MAX_BATCH_EVENTS = 100
/** Most bytes one request body may have: what a page may send with `keepalive` (Fetch, "HTTP-network-or-cache fetch"). */
export const MAX_BODY_BYTES = 64 * 1024
/** Most characters of a `messageId`. */
export const MAX_MESSAGE_ID_LENGTH = 100
/** Most bytes of `extraData`, as JSON in UTF-8. */
export const MAX_EXTRA_DATA_BYTES = 16 * 1024
/** Deepest nesting of `extraData`; a flat object has depth 1. */
export const MAX_EXTRA_DATA_DEPTH = 8
/** Most characters of a text property's value. */
export const MAX_TEXT_LENGTH = 2_000

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [member: string]: Json }

/**
 * One tracked event as it travels over HTTP: Segment's `track` message.
 *
 * Clients of the Segment kind send more (`userId`, `anonymousId`, `context`, …); it is accepted and never believed.
 */
export interface Message<Events extends EventDefinitions = EventDefinitions, Name extends keyof Events = keyof Events> {
  type?: 'track'
  /** A defined event's name. */
  event: Name & string
  /** The client's idempotency key, 1–100 characters. Made up by the proxy when absent: then a repeat counts twice. */
  messageId?: string
  /** When it happened: ISO 8601 with a zone, or milliseconds since 1970. Default: when the proxy received it. */
  timestamp?: string | number
  properties?: SentProperties<Events[Name]>
  /** Shown in the event's detail view only. At most 16 KB of JSON, depth 8. */
  extraData?: Json
}

/** Body of `POST /v1/batch`. `sentAt` (by the client's clock) lets the proxy correct each `timestamp` for clock skew. */
export interface Batch {
  batch: Message[]
  sentAt?: string | number
}

/** What became of one message of a request, in the order sent. `queued` and `duplicate` both mean: it is on disk. */
export interface MessageResult {
  messageId: string
  status: 'queued' | 'duplicate' | 'rejected'
  error?: { code: string; message: string }
}
