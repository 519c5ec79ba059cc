import type {} from './global-privacy-control.ts'
import { newId } from './new-id.ts'
import type { Consent, Outcome, SessionToken, Tracker, TrackerOptions, TrackFailure, TrackOptions } from './tracker.ts'

const MAX_BATCH_EVENTS = 100
/** What is left of a body's 65,536 bytes beside `{"sentAt":1234567890123,"batch":[]}`, with a comma for each event: one more than there are. */
const MAX_EVENTS_BYTES = 65_502
const MAX_WAITING_EVENTS = 1_000
const MAX_AGE_MS = 7 * 86_400_000
const FIRST_BACK_OFF_MS = 1_000
const MAX_BACK_OFF_MS = 60_000
/** A timer cannot wait longer than 24 days, and a clock may be set back: a pause is looked at again within a week. */
const MAX_TIMER_MS = 600_000_000
const TURN_TAIL_MS = 100

/** In UTF-8. A `Blob` would say it too, but costs the page 20 times the rest of `track()`; JSON has no half characters, which would throw. */
const countBytes = (text: string) => unescape(encodeURI(text)).length

/**
 * The tracker in a browser.
 *
 * An event waits in `box` under a key that sorts by its moment; the value is its owner, then its message. The owner is the page's own
 * id until the session has said who is signed in, and then the digest of that person: an event is sent only with a token of its
 * owner. `box` is localStorage where the options and the visitor allow it, else an object.
 *
 * One closure in one file, since all of it acts on the same few variables, and its size is a promise: a minifier shortens
 * variables, not what objects hand to each other, and inlines what is called once.
 */
export function startTracker(options: TrackerOptions): Track & Tracker {
  // What is a URL is used as text everywhere.
  const { endpoint, session } = options as TrackerOptions & { endpoint: string }
  const prefix = endpoint + ' '
  const settlers: Record<string, (outcome: Outcome) => void> = {}
  const isInFlight: Record<string, unknown> = {}
  let box: Record<string, string> = {}
  /** The session is about to be asked for. */
  let isWoken: unknown
  let maxEvents = MAX_BATCH_EVENTS
  let backOffMs = 0
  let wasRefused = false
  let consent: Consent
  let token: string | null | undefined | void | 0
  let timer: ReturnType<typeof setTimeout> | void | 0
  let page: string
  let person: string | number

  const track: Track = (event, properties, more) =>
    new Promise((resolve) => {
      const messageId = newId()
      const key = prefix + messageId
      settlers[key] = resolve
      try {
        const json = JSON.stringify({ event: event + '', properties, timestamp: Date.now(), ...more, messageId: more?.messageId || messageId })
        if (countBytes(json) >= MAX_EVENTS_BYTES) throw countBytes(json)
        put(key, page + json)
        // The first of this turn of the event loop asks for the session, for all of them.
        isWoken ||= wake()
      } catch (message) {
        settle(key, { event, code: 'invalid', message }, 'rejected', '{}')
      }
    })

  const keys = (owner = '') => Object.keys(box).filter((key) => !key.indexOf(prefix) && !box[key]!.indexOf(owner)).sort()

  /** Gives the events that nobody owns yet to the person known last. */
  const own = () => keys(page).map((key) => put(key, person + jsonOf(key)))

  const reset = () => {
    own()
    void sendAll()
    keys(page).map((key) => settle(key, { code: 'reset' }, 'dropped'))
    token = 0
    page = person = newId()
  }

  const put = (key: string, value: unknown) => {
    try {
      box[key] = value as string // Or what a storage makes text of.
    } catch {
      // The storage is full: from here on this page keeps to memory.
      box = { ...box }
      box[key] = value as string
    }
  }

  const settle = (key: string, error?: EventError, outcome: Outcome = (error && 'rejected') || 'accepted', json = jsonOf(key)) => {
    delete box[key]
    // Nobody waits for an earlier page's event.
    settlers[key]?.(outcome)
    delete settlers[key]
    try {
      if (error) track.onError!({ ...JSON.parse(json), outcome, ...error })
    } catch {
      // Nobody listens; and what the page's own callback throws must not stop the queue.
    }
  }

  /** By default after a random part of 1 s, 2 s, 4 s … 60 s ("full jitter"). */
  const retryLater = (ms = Math.random() * (backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs * 2 || FIRST_BACK_OFF_MS))) => {
    timer ||= setTimeout(flush, ms % MAX_TIMER_MS)
  }

  const decide = (choice: Consent = 'grant') => {
    token = 0
    consent = options.gpc !== 'ignore' && navigator.globalPrivacyControl ? 'deny' : choice
    // Drops what waits in memory before anything of it could be stored.
    void sendAll()
    try {
      // Cookie mode cannot tell whose a stored event is.
      // What is no word of ours is no consent.
      if (options.persist && session && (consent === 'grant' || consent === 'deny')) {
        keys().map((key) => (localStorage[key] = box[key]))
        box = localStorage
      }
    } catch {
      // Denied, or full: memory is what is left.
    }
    void sendAll()
    if (consent === 'deny') box = {}
    void wake()
  }

  /** An owner holds no brace, and every message begins with one. What matches stands in an array, which is used as text everywhere. */
  const jsonOf = (key: string) => box[key]?.match(/{.*/s) as unknown as string

  const flush = () => {
    timer = clearTimeout(timer as never)
    return wake()
  }

  /** Asks who is signed in, then sends what waits; tabs of one person take turns, where the browser has locks. */
  const wake = async () => {
    isWoken = await 0
    const asked = page + consent
    if (consent === 'grant') {
      try {
        // Cookie mode cannot tell who is signed in: from one reset to the next it is somebody.
        let answer: Response | SessionToken | false = session ? await ((session as AskSession).call ? (session as AskSession)(wasRefused) : fetch(session as string)) : page
        if ((answer as Response)?.text) {
          // Up to 403 nobody is signed in, whatever it says. Above, it is no answer: what cannot be called throws, and it is asked again later.
          answer = (answer as Response).ok ? await (answer as Response).text() : (answer as Response).status > 403 && (answer as never as () => never)()
          try {
            answer = JSON.parse(answer as string)?.token as SessionToken
          } catch {
            // The bare token, or nothing.
          }
        }
        if (asked === page + consent) {
          // What has a tag in it is a page to sign in on.
          token = /</.test(answer as string) ? 0 : (answer as SessionToken)
          person = page
          if (token) {
            let name = token
            try {
              const { iss, sub } = JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')))
              // A token that does not say who it is of owns by itself, as one does that is no JWT.
              name = iss + [sub || token]
            } catch {
              // No JWT: whose it is, nothing but the token itself can say.
            }
            // A digest below 10^13, the same for every token of one issuer and subject; not of `crypto.subtle`, which takes a callback's
            // time, and a page that is being closed has none. Times 509 it stays below 2^53, exact in a number.
            person = 7
            for (const char of name) person = (person * 509 + char.charCodeAt(0)) % 1e13
            own()
          }
        }
      } catch {
        retryLater()
      }
    }
    return navigator.locks?.request(person as string, sendAll).catch(sendAll) ?? sendAll()
  }

  /** Drops what may wait no longer, then sends batch after batch until nothing is left that may go now. */
  const sendAll = async (): Promise<void> => {
    let bytes = 0
    const pauseMs = (box[endpoint] as never) - Date.now()
    if (pauseMs > 0) retryLater(pauseMs)
    // Gone from the storage: another tab has sent it.
    for (const key in settlers) if (!box[key]) settle(key)
    keys().map((key, at, all) => {
      const code = all[at + MAX_WAITING_EVENTS] ? 'full' : key < prefix + (Date.now() - MAX_AGE_MS) ? 'expired' : consent === 'deny' && consent
      if (code) settle(key, { code }, 'dropped')
    })
    // The oldest of the person signed in that fit, beside what is in flight.
    const batch = keys(person + '{')
      .filter((key) => token && !timer && (bytes += countBytes(jsonOf(key)) + 1) <= MAX_EVENTS_BYTES && !isInFlight[key])
      .slice(0, maxEvents)
    if (batch[0]) {
      let response = {} as Response
      let answer: Answer | undefined
      try {
        batch.map((key) => (isInFlight[key] = 1))
        response = await fetch(endpoint, {
          ...(options as RequestInit), // `credentials`.
          method: 'POST',
          body: `{"sentAt":${Date.now()},"batch":[${batch.map(jsonOf)}]}`,
          // Some browsers cannot do it with a preflight, and others on the page share its budget: after a failure, go without.
          keepalive: !backOffMs,
          headers: { 'content-type': 'application/json', [session ? 'authorization' : 'x-trackline']: session ? 'Bearer ' + token : 1 } as HeadersInit,
        })
        // Read to the end, whatever it is: only then does the browser give the keepalive budget back.
        answer = (await response.json()) as Answer
        // Throws where an event has no result: that one is sent again.
        batch.map((key, at) => settle(key, answer!.results![at]!.error))
        maxEvents = MAX_BATCH_EVENTS
        backOffMs = 0
      } catch {
        // As "400false…" or "401trueSESSION_EXPIRED": the status (undefined when nothing came back), whether the last token was
        // refused as well, the proxy's code.
        const verdict = response.status + ([wasRefused] as never) + (answer?.code as string)
        // A 401 is final only where it says SESSION_INVALID twice: a first one may come of an old token, without a valid session
        // (SESSION_EXPIRED, SESSION_MISSING) events are kept, and what has no code was cut, or is not of the proxy.
        if (!/^4(?!08|29|01(?!t.*_I))/.test(verdict)) {
          const retryAfter = response.headers?.get('retry-after') as never // Text in both ways of use.
          if (retryAfter) put(endpoint, Date.now() + retryAfter * 1_000 || Date.parse(retryAfter))
          // Without a token a page that is left meanwhile does not try again; the next attempt asks for one.
          token = retryLater()
        } else if (batch[1] && /^4(00|13|22)/.test(verdict)) maxEvents = batch.length >> 1
        else batch.map((key) => settle(key, { code: response.status as number, ...answer }))
        // Not before: `onError` may have called what sends.
        batch.map((key) => (isInFlight[key] = 0))
      }
      wasRefused = response.status === 401
      return sendAll()
    }
    // A turn lasts until other tabs see what was deleted in it: their copies of the storage follow some milliseconds later.
    return new Promise((resolve) => setTimeout(resolve, TURN_TAIL_MS))
  }

  page = person = newId()
  // Told already of what an earlier page has left for too long.
  track.onError = (options.onError || (options.debug && console.warn)) as (failure: TrackFailure) => void
  decide(options.consent)
  // A page restored from the back/forward cache becomes visible again.
  ;['pagehide', 'visibilitychange', 'online'].map((type) =>
    addEventListener(type, () => {
      if (!keys()[0]) return
      // A worker has no document.
      if (type === 'pagehide' || self.document?.hidden) {
        // Who leaves has no time for an answer, and whoever asked for one may have failed just because the page is left: what may go
        // with the token at hand, goes. A timer that runs still tries again, if the page stays.
        backOffMs = timer = 0
        own()
        void sendAll()
      } else void flush()
    }),
  )
  return Object.assign(track, {
    track,
    flush,
    reset,
    consent: decide,
  })
}

/** The script tag's `track` has the tracker's methods. */
export interface Track {
  (event: unknown, properties?: unknown, options?: TrackOptions | null): Promise<Outcome>
  onError?: (failure: TrackFailure) => void
}

type AskSession = (refresh: boolean) => Promise<SessionToken | Response> | SessionToken | Response

type EventError = Pick<TrackFailure, 'code'> & Partial<TrackFailure>

/** The proxy's reply: results, or a problem document. */
interface Answer {
  results?: { error?: EventError }[]
  code?: string
}

