import type { MessageResult } from '@trackline/shared'
import { countBytes } from './count-bytes.ts'
import { digestPerson } from './digest-person.ts'
import { MAX_BATCH_EVENTS, MAX_BODY_BYTES } from './limits.ts'
import { createPause } from './pause.ts'
import type { Entry, Queue } from './queue.ts'
import type { TrackerOptions } from './tracker.ts'

const TIMEOUT_MS = 30_000
/** What may stand in a header; a sign-in page that came instead of a token may not. */
const TOKEN = /^[\w-]+\.[\w.-]+$/

let keepaliveBytesInFlight = 0

interface Answer {
  status: number
  reply: { results?: MessageResult[]; code?: string; detail?: string } | undefined
  retryAfter: string | null | undefined
  isForgotten: boolean
}

export type Delivery = ReturnType<typeof createDelivery>

/** Sends what waits in the queue, each event with a token of the person who raised it. */
export function createDelivery({ endpoint, session, credentials, persist }: TrackerOptions, queue: Queue) {
  const pause = createPause(`until ${queue._prefix}`, persist)
  /** Always a token of `person`; undefined while nobody is known to be signed in. */
  let token: string | undefined
  /** Digest of the last person a token named. */
  let person: string | undefined
  let round = 0
  let era = 0
  let maxEvents = MAX_BATCH_EVENTS
  let isTokenFresh = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let line: Promise<unknown> = Promise.resolve()

  const delivery = {
    /** False while the visitor has not allowed it. */
    _isAllowed: false,
    _stamp: () => ({ _owner: person, _round: round }),
    _wake: wake,
    _flush: flush,
    _leave: leave,
    _forgetPerson: forgetPerson,
  }
  return delivery

  /** Asks who is signed in, then sends what waits, behind whatever is being sent already. */
  async function wake(): Promise<void> {
    if (!delivery._isAllowed) return
    await askSession()
    await (line = line.then(takeTurn))
  }

  /** As `wake`, without waiting out our own back-off; a pause the proxy asked for is kept. */
  function flush(): Promise<void> {
    pause._retryAt = 0
    return wake()
  }

  async function askSession(refresh = false): Promise<void> {
    const askedRound = round++
    const askedEra = era
    try {
      const answer = session ? await session(refresh) : ''
      if (era !== askedEra) return
      token = undefined
      // RegExp reads nothing as 'undefined' or 'null', which have no dot.
      if (session && !TOKEN.test(answer as string)) return
      token = answer as string
      person = session && digestPerson(token)
      queue._adopt(person, askedRound)
    } catch {
      pause._lengthen()
    }
  }

  /** Tabs that share a stored queue send one at a time. Without Web Locks the proxy answers `duplicate`. */
  async function takeTurn(): Promise<void> {
    try {
      await (persist ? navigator.locks.request(queue._prefix, sendAll) : sendAll())
    } catch {
      await sendAll()
    }
  }

  async function sendAll(): Promise<void> {
    let batch
    isTokenFresh = false
    queue._synchronize()
    while (pause._leftMs() <= 0 && (batch = nextBatch(MAX_BODY_BYTES))) await send(batch)
    clearTimeout(timer)
    if (pause._leftMs() > 0) timer = setTimeout(wake, pause._leftMs())
  }

  /** The page is being left: whatever fits goes now, with the token at hand. */
  function leave(): void {
    let batch
    while (delivery._isAllowed && pause._askedMs() <= 0 && (batch = nextBatch(MAX_BODY_BYTES - keepaliveBytesInFlight))) void send(batch, true)
  }

  function nextBatch(maxBytes: number): Entry[] | undefined {
    const batch = token === undefined ? [] : queue._pick(person, maxEvents, maxBytes)
    return batch[0] && batch
  }

  async function send(batch: Entry[], isLeaving?: boolean): Promise<void> {
    const body = `{"sentAt":${Date.now()},"batch":[${batch.map((entry) => entry._json)}]}`
    const bytes = countBytes(body)
    const keepalive = isLeaving || (!pause._failures && keepaliveBytesInFlight + bytes <= MAX_BODY_BYTES)
    const sentEra = era
    let status = 0
    let retryAfter
    let reply
    for (const entry of batch) entry._isInFlight = true
    if (keepalive) keepaliveBytesInFlight += bytes
    try {
      const response = await fetch(endpoint, request(body, keepalive))
      status = response.status
      retryAfter = response.headers.get('retry-after')
      // Read to the end whatever it is: a browser gives the keepalive budget back only then.
      reply = JSON.parse(await response.text())
    } catch {
      // No answer, half an answer, or not the proxy's.
    }
    if (keepalive) keepaliveBytesInFlight -= bytes
    for (const entry of batch) entry._isInFlight = false
    await conclude(batch, { status, reply, retryAfter, isForgotten: era !== sentEra })
  }

  /** Reads what an answer means for the events it was asked about. */
  async function conclude(batch: Entry[], { status, reply, retryAfter, isForgotten }: Answer): Promise<void> {
    const { results, code = `HTTP_${status}`, detail } = reply ?? {}
    if (results?.length === batch.length) {
      pause._failures = 0
      isTokenFresh = false
      maxEvents = Math.min(MAX_BATCH_EVENTS, maxEvents * 2)
      results.forEach(({ status, error }, at) => queue._settle(batch[at]!, status === 'rejected' ? status : 'accepted', error))
    } else if (isForgotten) {
      for (const entry of batch) queue._forget(entry, 'dropped', { code: 'RESET' })
    } else if (/SESSION_(EXP|INV)/.test(code) && !isTokenFresh) {
      isTokenFresh = true
      await askSession(true)
    } else if (code === 'SESSION_MISSING') {
      token = undefined
    } else if (!/^4(?!08|25|29)/.test(`${status}`) || code === 'SESSION_EXPIRED') {
      pause._lengthen(retryAfter)
    } else if (batch[1] && /400|413|422/.test(`${status}`)) {
      maxEvents = batch.length >> 1
    } else {
      for (const entry of batch) queue._settle(entry, 'rejected', { code, message: detail })
    }
  }

  function request(body: string, keepalive: boolean): RequestInit {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token) headers.authorization = `Bearer ${token}`
    if (credentials) headers['x-trackline'] = '1'
    return { method: 'POST', body, keepalive, headers, signal: AbortSignal.timeout(TIMEOUT_MS), ...(credentials && { credentials }) }
  }

  function forgetPerson(code: string): void {
    era++
    token = person = undefined
    for (const entry of queue._entries.values()) if (!entry._isInFlight) queue._forget(entry, 'dropped', { code })
  }
}
