import type { EventDefinitions, MessageResult } from '@trackline/shared'
import { digestPerson } from './digest-person.ts'
import type {} from './global-privacy-control.ts'
import { newId } from './new-id.ts'
import type { Consent, Outcome, Tracker, TrackerOptions, TrackOptions } from './tracker.ts'

const MAX_BATCH_EVENTS = 100
/** A body's limit; also what all `keepalive` requests of a page may have in flight together (Fetch, section 4.6). */
const MAX_BODY_BYTES = 65_536
/** `{"sentAt":1234567890123,"batch":[]}`, less one: there is a comma less than there are events. */
const ENVELOPE_BYTES = 34
const MAX_WAITING_EVENTS = 1_000
const MAX_AGE_MS = 7 * 86_400_000
const FIRST_BACK_OFF_MS = 1_000
const MAX_BACK_OFF_MS = 60_000
/** A timer cannot wait longer than 24 days, and a clock may be set back: a pause is looked at again after a day. */
const MAX_TIMER_MS = 86_400_000
const TURN_TAIL_MS = 100
const REQUEST_TIMEOUT_MS = 30_000
/** A JWT, bare or as `{ "token": "…" }`; a sign-in page that came instead is none. */
const TOKEN = /(^|"token": *")([\w-]+\.[\w.-]+)/

/**
 * Makes the tracker of one endpoint. Events leave at once, up to 100 and 64 KiB a request, and again until the proxy has them.
 *
 * An event waits in `box` under a key that sorts by its moment; the value is its owner, then its message. The owner is the digest
 * of the person who was signed in when it was raised, or the page's own id while nobody was known: an event is sent only with
 * a token of its owner. `box` is localStorage where the options and the visitor allow it, else an object.
 *
 * One closure in one file, since all of it acts on the same few variables, and its size is a promise: a minifier shortens
 * variables, not what objects hand to each other.
 */
export function createTracker<Events extends EventDefinitions = EventDefinitions>({
  endpoint,
  session,
  credentials,
  persist,
  consent: firstConsent = 'grant',
  gpc,
  debug,
  onError = debug ? console.warn : undefined,
}: TrackerOptions): Tracker<Events> {
  const prefix = `trackline ${endpoint} `
  const pauseKey = `until ${prefix}`
  /** Missing where a server renders the page: nothing is tracked there. */
  const listen = globalThis.addEventListener
  const settlers: Record<string, Settler | undefined> = {}
  const isInFlight: Record<string, boolean> = {}
  let box: Record<string, string> = {}
  /** Keys of the events raised since the session was last asked for. */
  let unconfirmed: string[] = []
  let page = newId()
  let person: string | number = page
  let token: string | undefined
  let wasRefused = false
  let consent: Consent
  let timer: ReturnType<typeof setTimeout> | undefined
  let maxEvents = MAX_BATCH_EVENTS
  let bytesInFlight = 0
  let failures = 0

  decide(firstConsent)
  // A page restored from the back/forward cache becomes visible again.
  for (const type of ['pagehide', 'visibilitychange', 'online']) {
    listen?.(type, () => keys()[0] && (type === 'pagehide' || globalThis.document?.hidden ? sendAll() : flush()))
  }
  // Inside, any text may be an event's name: the types of `Events` are for the caller.
  return { track: track as Tracker<Events>['track'], flush, reset, consent: decide }

  function track(event: unknown, properties?: unknown, options?: TrackOptions | null): Promise<Outcome> {
    return new Promise((resolve) => {
      const id = newId()
      const key = prefix + id
      settlers[key] = (outcome, code, message) => {
        resolve(outcome)
        if (code) onError?.({ event, properties, outcome, code, message })
      }
      try {
        const json = JSON.stringify({ event: `${event}`, messageId: id, timestamp: Date.now(), properties, ...options })
        const bytes = countBytes(json)
        if (bytes > MAX_BODY_BYTES - ENVELOPE_BYTES - 1) throw `${bytes} bytes`
        if (keys()[MAX_WAITING_EVENTS - 1]) return settle(key, 'dropped', 'QUEUE_FULL')
        put(key, person + json)
        // The first of this turn of the event loop asks for the session, for all of them.
        if (unconfirmed.push(key) < 2) queueMicrotask(wake)
      } catch (problem) {
        settle(key, 'rejected', 'EVENT_INVALID', problem)
      }
    })
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    return wake()
  }

  function reset(): void {
    void sendAll()
    for (const key of keys(page)) settle(key, 'dropped', 'RESET')
    token = undefined
    page = person = newId()
  }

  function decide(choice: Consent): void {
    consent = !listen || (gpc !== 'ignore' && navigator.globalPrivacyControl) ? 'deny' : choice
    // Drops what waits in memory before anything of it could be stored.
    void sendAll()
    try {
      // Cookie mode cannot tell whose a stored event is.
      if (persist && session && consent !== 'pending') box = Object.assign(localStorage, box)
    } catch {
      // Denied, or full: memory is what is left.
    }
    void sendAll()
    if (consent === 'deny') box = {}
    queueMicrotask(wake)
  }

  /** Asks who is signed in, then sends what waits; tabs that share a stored queue take turns, where the browser has locks. */
  async function wake(): Promise<void> {
    const asked = unconfirmed
    const askedBy = page
    unconfirmed = []
    if (consent !== 'grant') return sendAll()
    try {
      const answer = await session?.(wasRefused)
      if (page === askedBy) {
        // RegExp reads nothing as 'undefined' or 'null', which are no token.
        token = TOKEN.exec(answer as string)?.[2]
        if (token) {
          person = digestPerson(token)
          for (const key of [...asked, ...keys(page)]) if (box[key] && !isInFlight[key]) put(key, person + jsonOf(key))
        }
      }
    } catch {
      retryLater()
    }
    await (navigator.locks?.request(persist ? prefix : page, sendAll).catch(sendAll) ?? sendAll())
  }

  async function sendAll(): Promise<void> {
    for (const key of keys()) {
      if (consent === 'deny') settle(key, 'dropped', 'OPTED_OUT')
      else if (key < prefix + (Date.now() - MAX_AGE_MS)) settle(key, 'dropped', 'EXPIRED')
    }
    // Gone from the storage: another tab has sent it.
    for (const key in settlers) if (!box[key]) settle(key, 'accepted')
    let batch: string[]
    while ((batch = nextBatch())[0]) {
      const { status, results, code, detail, retryAfter } = await post(batch)
      const verdict = `${status}${code}`
      if (results?.[0]?.status) {
        failures = 0
        wasRefused = false
        maxEvents = MAX_BATCH_EVENTS
        batch.forEach((key, at) => {
          const { status, error } = results[at] ?? {}
          if (status) settle(key, status === 'rejected' ? status : 'accepted', error?.code, error?.message)
        })
      } else if (!/^4(?!08|29|01SESSION_[EM])/.test(verdict) || (!wasRefused && /SESSION_I/.test(verdict))) {
        wasRefused = status === 401
        retryLater(retryAfter)
      } else if (batch[1] && /^4(00|13|22)/.test(verdict)) {
        maxEvents = batch.length >> 1
      } else {
        for (const key of batch) settle(key, 'rejected', code ?? `HTTP_${status}`, detail)
      }
    }
    if (pauseMs() > 0) timer ??= setTimeout(flush, pauseMs())
    // A turn lasts until other tabs see what was deleted in it: their copies of the storage follow some milliseconds later.
    if (persist) await new Promise((resolve) => setTimeout(resolve, TURN_TAIL_MS))
  }

  /** The oldest events of the person signed in that may go now and fit, beside what is in flight. */
  function nextBatch(): string[] {
    let bytes = ENVELOPE_BYTES + bytesInFlight
    if (consent !== 'grant' || timer || pauseMs() > 0 || (session && !token)) return []
    return keys(`${person}{`)
      .filter((key) => !isInFlight[key] && (bytes += countBytes(jsonOf(key)) + 1) <= MAX_BODY_BYTES)
      .slice(0, maxEvents)
  }

  async function post(batch: string[]): Promise<Answer> {
    const body = `{"sentAt":${Date.now()},"batch":[${batch.map(jsonOf)}]}`
    const bytes = countBytes(body)
    let answer: Answer = {}
    bytesInFlight += bytes
    for (const key of batch) isInFlight[key] = true
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        body,
        // Some browsers cannot do it with a preflight, and others on the page share its budget: after a failure, go without.
        keepalive: !failures,
        credentials,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        headers: {
          'content-type': 'application/json',
          [credentials ? 'x-trackline' : 'authorization']: credentials ? '1' : `Bearer ${token}`,
        },
        // `credentials: undefined` is as good as none, which TypeScript's exact optional properties do not know.
      } as RequestInit)
      answer = { status: response.status, retryAfter: response.headers.get('retry-after') }
      // Read to the end, whatever it is: only then does the browser give the keepalive budget back.
      answer = { ...JSON.parse(await response.text()), ...answer }
    } catch {
      // No answer, or not one of the proxy's.
    }
    bytesInFlight -= bytes
    for (const key of batch) delete isInFlight[key]
    return answer
  }

  /** Waits as `Retry-After` asks, in seconds or as a date; else a random part of 1 s, 2 s, 4 s … 60 s ("full jitter"). */
  function retryLater(retryAfter?: string | null): void {
    const askedMs = +retryAfter! * 1_000 || Date.parse(retryAfter!) - Date.now()
    if (askedMs > 0) put(pauseKey, `${Date.now() + askedMs}`)
    else timer ??= setTimeout(flush, Math.random() * Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failures++))
  }

  /** NaN or less than 1 when the proxy has asked for no pause. Stored, so that every tab keeps it. */
  function pauseMs(): number {
    return Math.min(+box[pauseKey]! - Date.now(), MAX_TIMER_MS)
  }

  function keys(owner = ''): string[] {
    return Object.keys(box).filter((key) => key.startsWith(prefix) && box[key]!.startsWith(owner)).sort()
  }

  /** An owner holds no brace, and every message begins with one. */
  function jsonOf(key: string): string {
    return box[key]!.replace(/^[^{]*/, '')
  }

  function put(key: string, value: string): void {
    try {
      box[key] = value
    } catch {
      // The storage is full: from here on this page keeps to memory.
      box = { ...box, [key]: value }
    }
  }

  function settle(key: string, outcome: Outcome, code?: string, message?: unknown): void {
    delete box[key]
    try {
      settlers[key]?.(outcome, code, message)
    } catch {
      // What the page's own callback throws must not stop the queue.
    }
    delete settlers[key]
  }
}

type Settler = (outcome: Outcome, code?: string, message?: unknown) => void

/** What a request came to; all undefined when nothing came back. */
interface Answer {
  status?: number
  retryAfter?: string | null
  results?: (MessageResult | null)[]
  code?: string
  detail?: string
}

function countBytes(text: string): number {
  return new Blob([text]).size
}
