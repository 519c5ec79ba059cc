import type { EventDefinitions, Json, TrackArguments } from '@trackline/shared'

/**
 * What became of one `track()`.
 *
 * - `accepted`: the proxy has it on disk (or another tab of the same person took it over from the stored queue, and with it what is told to `onError`).
 * - `rejected`: it can never be delivered as it is; `onError` says why.
 * - `dropped`: it will not be sent: the visitor opted out, too many younger ones wait, it grew too old, or `reset()` forgot it.
 */
export type Outcome = 'accepted' | 'rejected' | 'dropped'

/** What the visitor allows. While `pending`, events wait in memory. */
export type Consent = 'grant' | 'deny' | 'pending'

/** Why an event was not accepted. */
export interface TrackFailure {
  /**
   * The snippet's own are in small letters: `invalid` (cannot be written as JSON, or is larger than one request), `full` (1,000 younger ones wait),
   * `expired` (7 days), `deny` (the visitor opted out), `reset`. Else the proxy's code, or the HTTP status where it gave none.
   */
  code: string | number
  /** What the proxy says of this event, or what was thrown when it was written as JSON. */
  message?: unknown
  /** What the proxy says of the whole request, with the other members of its problem document (`title`, `remedy`, `requestId`). */
  detail?: unknown
  outcome: Outcome
  /** The event's name. */
  event: unknown
  /** Not with `invalid`. */
  properties?: unknown
  /** The event's own, as it was to be sent; not with `invalid`, nor from an optional module that let nothing through. */
  messageId?: string
  /** In milliseconds since 1970, or as the call gave it; where `messageId` is. */
  timestamp?: Date | string | number
}

export interface TrackOptions {
  /** Shown in the event's detail view only. At most 16 KB of JSON, depth 8. */
  extraData?: Json
  /** When it happened. Default: now; where it is given as undefined: when the proxy receives it. */
  timestamp?: Date | string | number
  /** Idempotency key, 1–100 characters: a second event with the same key is a duplicate. Default: made up. */
  messageId?: string
}

/** A session token (JWT); nothing when nobody is signed in. */
export type SessionToken = string | null | undefined

export interface TrackerOptions {
  /** Where events are posted, for example `https://t.example.com/v1/batch`. */
  endpoint: string | URL
  /**
   * Gives the session token of whoever is signed in, nothing when nobody is. Called at the start, then once for the events of
   * one turn of the event loop, and before each retry; with `true` when the proxy refused the last token: a cached one must
   * not be given again. Throwing means "ask again later". Not needed in cookie mode.
   *
   * Or a URL of the page's own origin that answers `{ "token": "…" }` or the bare token. A function may give such an answer too, as
   * `(refresh) => fetch('/session-token', { cache: refresh ? 'reload' : 'default' })` does: a 4xx up to 403, or an answer without a
   * token (a page to sign in on, for example), means that nobody is signed in; another status, that it is asked again later.
   */
  session?: ((refresh: boolean) => Promise<SessionToken | Response> | SessionToken | Response) | string | undefined
  /** Cookie mode: the session cookie proves who it is. Events then live in memory only. */
  credentials?: 'include' | undefined
  /**
   * Keep waiting events in localStorage, for 7 days and up to 1,000. Most countries ask for the visitor's consent first.
   * Default false.
   */
  persist?: boolean | undefined
  /** Default `grant`. */
  consent?: Consent | undefined
  /** `ignore`: tracks also where the browser signals Global Privacy Control. Default: there it tracks nothing. */
  gpc?: 'ignore' | undefined
  /**
   * Called with every event that was not accepted; with `persist` also with those of an earlier page, or of another tab, that
   * this one sent in vain. What it throws is swallowed. Default: `console.warn` with `debug`.
   */
  onError?: ((failure: TrackFailure) => void) | undefined
  /** Without `onError`: writes every event that was not accepted to the console. Default false. */
  debug?: boolean | undefined
}

type LooseArguments = [properties?: Readonly<Record<string, unknown>> | null, options?: TrackOptions | null]

export interface Tracker<Events extends EventDefinitions = EventDefinitions> {
  /** Queues one event. Never throws, never rejects. */
  track<Name extends keyof Events & string>(
    event: Name,
    ...rest: string extends keyof Events ? LooseArguments : TrackArguments<Events[Name], TrackOptions>
  ): Promise<Outcome>
  /** Tries to send what waits now, without waiting out a back-off. Resolves after the attempt. */
  flush(): Promise<void>
  /** Call it on sign-out: sends what can be sent at once, then forgets the person, and the events that belong to nobody yet. */
  reset(): void
  /** Records the visitor's choice. `deny` also deletes every waiting event, stored ones included. */
  consent(choice: Consent): void
}
