import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MessageResult } from '@trackline/shared'
import { ERRORS, TrackError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { IngestRequest } from '../flows/ingest-events/ingest-events.ts'
import type { SiteDirectory } from '../identity/site-directory.ts'
import type { Caller, CallerReader } from './caller.ts'
import { corsHeaders } from './cors.ts'
import { logRefusal, problemText, toTrackError } from './error-handler.ts'
import type { RefusalLog } from './error-handler.ts'
import { ENVELOPE_READERS } from './read-envelope.ts'
import { readJsonBody } from './read-json-body.ts'

export interface IngestDoorParts {
  sites: Pick<SiteDirectory, 'ofOrigin'>
  readCaller: CallerReader
  ingest: (request: IngestRequest) => Promise<MessageResult[]>
  /** Seconds that this person must wait before sending `events` more; 0: none. */
  waitBeforeSending: (caller: Caller, events: number) => number
  onResults: (caller: Caller, messages: readonly unknown[], results: MessageResult[]) => void
  /** Nothing of a request was taken. */
  onRefusal: (code: ErrorCode) => void
  newId: () => string
  logger: RefusalLog
}

/** Takes events from Node's own requests. */
export interface IngestDoor {
  isFor(request: IncomingMessage): boolean
  answer(request: IncomingMessage, response: ServerResponse): void
  /** From now on each answer is the last one on its connection. */
  beginClosing(): void
}

/** What a reply says besides its status: JSON in one write, whose length is told beforehand. */
interface Reply {
  status: number
  body: string
  type: string
  more?: readonly string[]
  /** No site was found, so no page may read it. */
  isForNobody?: true
}

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

const NO_SITE: ReadonlySet<ErrorCode> = new Set(['ORIGIN_NOT_ALLOWED', 'SITE_UNKNOWN', 'SITES_UNAVAILABLE'])

/**
 * `POST /v1/batch` and `/v1/track`, and their short paths. It stands before the framework: on this path each microsecond is paid
 * for every event, and most of what a framework does for a request is not wanted here. [docs/adr/0010]
 *
 * The caller is proved before the body is read.
 */
export function createIngestDoor(parts: IngestDoorParts): IngestDoor {
  let isClosing = false
  let arrived: Exchange[] = []

  async function track(request: IncomingMessage): Promise<Reply> {
    const found = parts.readCaller(request)
    const caller = found instanceof Promise ? await found : found
    const read = readJsonBody(request)
    const { messages, sentAt } = readEnvelope(request, read instanceof Promise ? await read : read)
    const waitSeconds = parts.waitBeforeSending(caller, messages.length)
    if (waitSeconds > 0) throw new TrackError('RATE_LIMITED', undefined, { retryAfterSeconds: waitSeconds })
    const results = await parts.ingest({ ...caller, messages, sentAt })
    parts.onResults(caller, messages, results)
    if (results.every(({ status }) => status === 'rejected')) return problem(allRefused(results), { results })
    return { status: 202, type: 'application/json; charset=utf-8', body: JSON.stringify({ results }) }
  }

  function refuse(error: unknown): Reply {
    const refusal = toTrackError(error)
    parts.onRefusal(refusal.code)
    const reply = problem(refusal, {}, (requestId) => logRefusal(parts.logger, refusal, requestId))
    return NO_SITE.has(refusal.code) ? { ...reply, isForNobody: true } : reply
  }

  function problem(refusal: TrackError, more: object, log?: (requestId: string) => void): Reply {
    const requestId = parts.newId()
    log?.(requestId)
    const wait = refusal.retryAfterSeconds === undefined ? {} : { more: ['retry-after', String(refusal.retryAfterSeconds)] }
    const type = 'application/problem+json; charset=utf-8'
    return { status: ERRORS[refusal.code].status, type, body: problemText(refusal, requestId, more), ...wait }
  }

  /** Pages of listed origins may read the answer, a refusal too. */
  function siteOf({ headers: { origin } }: IncomingMessage, { isForNobody }: Reply) {
    return origin === undefined || isForNobody ? undefined : parts.sites.ofOrigin(origin)
  }

  function send(response: ServerResponse, { status, type, body, more }: Reply, headers: string[]): void {
    headers.push('content-type', type, 'content-length', String(Buffer.byteLength(body)))
    if (more) headers.push(...more)
    if (isClosing || status === ERRORS.BODY_TOO_LARGE.status) headers.push('connection', 'close')
    response.writeHead(status, headers)
    response.end(body)
  }

  async function answer({ request, response }: Exchange): Promise<void> {
    let reply: Reply
    try {
      reply = await track(request)
    } catch (error) {
      reply = refuse(error)
    }
    const site = siteOf(request, reply)
    send(response, reply, corsHeaders(request.headers.origin, site instanceof Promise ? await site.catch(() => undefined) : site))
  }

  /** All that one turn of the event loop has brought: their bodies have come by now, and the same steps one after the other find their code at hand. [docs/adr/0011] */
  function answerArrived(): void {
    const all = arrived
    arrived = []
    for (const exchange of all) void answer(exchange)
  }

  return {
    isFor: ({ method, url = '' }) => method === 'POST' && ENVELOPE_READERS.has(pathOf(url)),
    answer(request, response) {
      if (arrived.push({ request, response }) === 1) setImmediate(answerArrived)
    },
    beginClosing() {
      isClosing = true
    },
  }
}

function readEnvelope({ url = '' }: IncomingMessage, body: unknown) {
  const read = ENVELOPE_READERS.get(pathOf(url))
  if (!read) throw new TrackError('NOT_FOUND', `there is nothing at POST ${pathOf(url)}`)
  return read(body)
}

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/** Nothing was stored: the first refusal speaks for all, and each message has its result all the same. */
function allRefused(results: MessageResult[]): TrackError {
  const [first] = results
  const more = results.length > 1 ? ` (and ${results.length - 1} more; see "results")` : ''
  // The flow takes every code from the table of errors.
  const code = (first?.error?.code ?? 'MESSAGE_INVALID') as ErrorCode
  return new TrackError(code, `${first?.error?.message}${more}`)
}
